"""The office's own papers, sealed each under a data key of its own, so that they open without anybody's account."""

from typing import Any

from msewa.crypto.envelope import Place, seal_json, unseal_json
from msewa.crypto.wrapping import new_data_key
from msewa.web.keys import key_wrapper


def close_paper(content: dict[str, Any], *, table: str, row_id: str) -> tuple[bytes, bytes]:
    """Return a new wrapped key, and `content` sealed under it."""
    # Anew at each closing: a key that was copied once opens nothing that is written later.
    key = new_data_key()
    return key_wrapper().wrap(key, subject=row_id), seal_json(key, content, place=_place(table, row_id))


def open_paper(wrapped: bytes, sealed: bytes, *, table: str, row_id: str) -> dict[str, Any]:
    """Return what a paper says."""
    return unseal_json(key_wrapper().unwrap(wrapped, subject=row_id), sealed, place=_place(table, row_id))


def place_of_document(demand_id: str, *, account_id: str) -> Place:
    """Return where the document of a demand belongs: what was handed over lies under the citizen's key, and ends with it."""
    return Place(table="legal_disclosure", group="document", row=demand_id, subject=account_id)


def _place(table: str, row_id: str) -> Place:
    return Place(table=table, group="paper", row=row_id, subject=row_id)
