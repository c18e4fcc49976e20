"""Addresses that were just left: for a week the message that went there can put them back, whoever has the account by then.

The one that was left first wins: until its time is over no later one is kept, so that a thief's number, however often the owner moves on,
never gets such a link. Where there was none that is surely hers, that is what is kept.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from msewa.accounts.models import LeftAddress
from msewa.accounts.rules import LINK_LIFE
from msewa.crypto.envelope import Place, seal_json, unseal_json
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.outbox import operations as outbox

FORGET = "accounts.forget_left"


def keep_left(subject: Subject, *, field: str, value: str | None, to: str, now: datetime) -> bool:
    """Keep the `mobile` or `email` that is left for another one, None for none; return whether a link may put it back."""
    if value == to:
        return False
    earlier = _find_row(subject, field=field, now=now)
    if earlier is not None:
        if _value_of(earlier, subject=subject) == to:  # she is back where she was, and who came in between has no claim
            forget_left(subject.id, field=field)
        return False
    forget_left(subject.id, field=field)
    row_id, ends_at = secrets.token_hex(16), now + LINK_LIFE
    sealed = seal_json(subject.key, {"value": value}, place=_place(row_id, account_id=subject.id))
    db.session.add(LeftAddress(id=row_id, account_id=subject.id, field=field, sealed=sealed, left_at=now, ends_at=ends_at))
    db.session.flush()
    outbox.put(FORGET, row_id, now=now, due_at=ends_at)
    return value is not None


def find_left(subject: Subject, *, field: str, now: datetime) -> str | None:
    """Return the address that can be put back; None when there is none, or its time is over."""
    row = _find_row(subject, field=field, now=now)
    return None if row is None else _value_of(row, subject=subject)


def list_left(subject: Subject) -> Iterator[dict[str, Any]]:
    """Yield what is kept of an account's earlier addresses, for its owner's download; a `value` of None where there was none."""
    for row in db.session.scalars(select(LeftAddress).where(LeftAddress.account_id == subject.id).order_by(LeftAddress.field)):
        value = _value_of(row, subject=subject)
        yield {"field": row.field, "value": value, "left_at": row.left_at.isoformat(), "ends_at": row.ends_at.isoformat()}


def forget_left(account_id: str, *, field: str | None = None) -> None:
    """Forget the earlier addresses of an account, or the one of a field."""
    hers = [LeftAddress.account_id == account_id, *([LeftAddress.field == field] if field else [])]
    outbox.drop_all(FORGET, db.session.scalars(select(LeftAddress.id).where(*hers)))
    db.session.execute(delete(LeftAddress).where(*hers))


def forget_over(reference: str, *, now: datetime) -> None:
    """Forget an address whose week is over (outbox topic accounts.forget_left)."""
    db.session.execute(delete(LeftAddress).where(LeftAddress.id == reference, LeftAddress.ends_at <= now))


def _find_row(subject: Subject, *, field: str, now: datetime) -> LeftAddress | None:
    chosen = select(LeftAddress).where(LeftAddress.account_id == subject.id, LeftAddress.field == field, LeftAddress.ends_at > now)
    return db.session.scalars(chosen).first()


def _value_of(row: LeftAddress, *, subject: Subject) -> str | None:
    return unseal_json(subject.key, row.sealed, place=_place(row.id, account_id=subject.id))["value"]


def _place(row_id: str, *, account_id: str) -> Place:
    return Place(table="left_address", group="left", row=row_id, subject=account_id)
