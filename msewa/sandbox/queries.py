"""What the pretend outside world holds, newest first."""

import json
from datetime import datetime
from typing import Any

from pyotp.totp import TOTP
from sqlalchemy import func, select

from msewa.extensions import db
from msewa.sandbox.models import SandboxKey, SandboxMessage, SandboxParcel
from msewa.sandbox.personas import Persona, personas
from msewa.sandbox.store import indexes_of_address, unseal_row


def list_messages(*, to: str | None = None, limit: int = 200) -> list[dict[str, Any]]:
    """Return the messages to one address (mobile number or e-mail), or to everybody; none for an address that is none."""
    chosen = select(SandboxMessage.id, SandboxMessage.sealed).order_by(SandboxMessage.number.desc())
    if to is not None:
        try:
            chosen = chosen.where(SandboxMessage.to_index.in_(indexes_of_address(to)))
        except ValueError:
            return []
    return [unseal_row("sandbox_message", row.id, row.sealed) for row in db.session.execute(chosen.limit(limit))]


def list_parcels(provider_id: str) -> list[dict[str, Any]]:
    """Return what a pretend department received: each package as it opened it, its payload read, and the very text of the payload."""
    chosen = select(SandboxParcel.id, SandboxParcel.sealed).where(SandboxParcel.provider_id == provider_id)
    rows = db.session.execute(chosen.order_by(SandboxParcel.received_at.desc(), SandboxParcel.id))
    return [_readable(unseal_row("sandbox_parcel", row.id, row.sealed)) for row in rows]


def list_departments() -> dict[str, int]:
    """Return the pretend departments with how many packages each has received."""
    counted = func.count(SandboxParcel.id)
    pair = SandboxParcel.provider_id == SandboxKey.provider_id
    chosen = select(SandboxKey.provider_id, counted).outerjoin(SandboxParcel, pair).group_by(SandboxKey.provider_id)
    rows = db.session.execute(chosen.order_by(counted.desc(), SandboxKey.provider_id))
    return {row.provider_id: row[1] for row in rows}


def list_personas(*, now: datetime, language: str) -> list[dict[str, Any]]:
    """Return the people one can sign in as, with the code their authenticator app shows now."""
    return [_card(persona, now=now, language=language) for persona in personas()]


def _card(persona: Persona, *, now: datetime, language: str) -> dict[str, Any]:
    shown = ("id", "name", "role", "office", "mobile", "email", "password", "totp_secret", "language")
    card = {name: getattr(persona, name) for name in shown}
    return card | {"about": persona.about[language], "totp_now": TOTP(persona.totp_secret).at(now)}


def _readable(parcel: dict[str, Any]) -> dict[str, Any]:
    package: dict[str, Any] = parcel["package"]
    text: str = package["payload"]
    return parcel | {"package": package | {"payload": json.loads(text)}, "payload_text": text}
