"""Opening sealed addresses: two custodians together, for one case, and it is counted (P42, P47)."""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from flask import current_app
from sqlalchemy import func, select

from msewa.crypto.custody import private_half, public_half
from msewa.extensions import db
from msewa.visits.models import SecurityEvent, SecurityOpening
from msewa.visits.security import open_event, security_folder


class NoCaseError(Exception):
    """Nothing is opened without an open case of the console."""


class Opened(NamedTuple):
    """One event with its address ("" where none was kept) and how often it came in that hour."""

    hour: datetime
    kind: str
    address: str
    tries: int


def open_month(month: str, *, case_number: str, shares: Iterable[str], now: datetime) -> list[Opened]:
    """Open what was sealed to the key of `month`; raises NoCaseError, or CustodyError where two custodians' shares don't fit."""
    find_open_case: Callable[[str], str | None] = current_app.extensions["find_open_case"]
    case = find_open_case(case_number)
    if case is None:
        raise NoCaseError
    private = private_half(shares, public=public_half(security_folder(), month))
    chosen = select(SecurityEvent).where(SecurityEvent.key_month == month).order_by(SecurityEvent.hour, SecurityEvent.id)
    opened = [Opened(event.hour, event.kind, **open_event(event, private=private)) for event in db.session.scalars(chosen)]
    # In the same transaction as the caller's commit: what was opened is counted, or it was not opened.
    db.session.add(SecurityOpening(id=secrets.token_hex(16), case_number=case, opened_at=now, events=len(opened)))
    db.session.flush()
    return opened


def count_openings() -> int:
    """Count how often sealed addresses were opened, ever."""
    return db.session.scalar(select(func.count()).select_from(SecurityOpening)) or 0
