"""The pretend outside world: a courier that keeps what it is given, and departments that open packages with keys of their own."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from msewa.crypto.jose import Jwk, PackageError, open_package, public_jwk
from msewa.crypto.keyring import KeyRing, Purpose
from msewa.delivery.gateway import Departments, NotAcceptedError, Parcel
from msewa.delivery.rules import PRETEND_SCHEME
from msewa.extensions import db, writing
from msewa.notifications.gateway import Letter
from msewa.sandbox.models import SandboxKey, SandboxMessage, SandboxParcel
from msewa.sandbox.store import indexes_of_address, seal_row, unseal_row
from msewa.web.keys import key_ring


class SandboxCourier:
    """Keeps every message where a tester can read it."""

    def send(self, letter: Letter) -> None:
        """Keep one message; a repeat is the same message."""
        content = {
            "id": letter.id,
            "channel": letter.channel,
            "to": letter.to,
            "template": letter.template,
            "lang": letter.language,
            "text": letter.text,
            "codes": dict(letter.codes),
            "links": list(letter.links),
            "at": letter.at.isoformat(),
        }
        sealed = seal_row("sandbox_message", letter.id, content)
        with writing():
            if db.session.scalar(select(SandboxMessage.id).where(SandboxMessage.id == letter.id)) is None:
                db.session.add(SandboxMessage(id=letter.id, to_index=indexes_of_address(letter.to)[0], sealed=sealed, at=letter.at))
            db.session.commit()


class SandboxDepartments:
    """Pretend departments in this process; any other endpoint goes to `real` ones."""

    def __init__(self, *, real: Departments, clock: Callable[[], datetime]) -> None:
        self._real = real
        self._clock = clock

    def post(self, parcel: Parcel) -> str:
        """Open one package as its department would, keep it, and return a receipt; a repeat gets the same receipt."""
        if not parcel.endpoint.startswith(f"{PRETEND_SCHEME}:"):
            return self._real.post(parcel)
        # A transaction of its own, as the outside world would have: ours may still fail after it.
        with writing():
            if db.session.get(SandboxParcel, parcel.id) is None:
                db.session.add(_opened(parcel, now=self._clock()))
            db.session.commit()
        return f"SANDBOX-{parcel.id[:8].upper()}"


def _opened(parcel: Parcel, *, now: datetime) -> SandboxParcel:
    content = {
        "id": parcel.id,
        "received_at": now.isoformat(),
        "package": json.loads(_unpack(parcel.jwe, private=private_key(parcel.provider_id), ring=key_ring())),
    }
    sealed = seal_row("sandbox_parcel", parcel.id, content)
    return SandboxParcel(id=parcel.id, provider_id=parcel.provider_id, sealed=sealed, received_at=now)


def private_key(provider_id: str) -> Jwk:
    """Return a pretend department's private key; NotAcceptedError when it has none."""
    row = db.session.get(SandboxKey, provider_id)
    if row is None:
        raise NotAcceptedError(404)
    key: dict[str, Any] = unseal_row("sandbox_key", provider_id, row.sealed)
    return key


def _unpack(jwe: str, *, private: Jwk, ring: KeyRing) -> bytes:
    """Open with the department's key and check our signature, by the key of today or one before it."""
    for signer in ring.living(Purpose.SIGNING):
        try:
            return open_package(jwe, private=private, sender=public_jwk(signer))
        except PackageError:
            continue
    raise NotAcceptedError(422)
