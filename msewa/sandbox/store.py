"""Closing and opening what the sandbox keeps, under the key ring's sandbox key, which production does not have."""

from typing import Any

from msewa.crypto.blind_index import blind_index, normalise_email, normalise_mobile
from msewa.crypto.envelope import Place, seal_json, unseal_json
from msewa.crypto.keyring import Purpose, derive
from msewa.web.keys import key_ring


def seal_row(table: str, row: str, value: Any) -> bytes:
    """Close a JSON value for one row."""
    return seal_json(_key(), value, place=_place(table, row))


def unseal_row(table: str, row: str, blob: bytes) -> Any:
    """Open what was closed for one row."""
    return unseal_json(_key(), blob, place=_place(table, row))


def indexes_of_address(address: str) -> list[bytes]:
    """Return the blind index of a mobile number or mail address, then those under earlier keys; ValueError when it is neither."""
    normal = normalise_email(address) if "@" in address else normalise_mobile(address)
    return [blind_index(key, normal, table="sandbox_message", field="to") for key in key_ring().living(Purpose.INDEX)]


def _key() -> bytes:
    return derive(key_ring().active(Purpose.SANDBOX), "sandbox store")


def _place(table: str, row: str) -> Place:
    return Place(table=table, group="content", row=row, subject="sandbox")
