"""Ending a month of the vault, and counting lawful openings."""

import json
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, insert, select, update

from msewa.closure.models import Archive, ArchivePart, VaultMonth, VaultOpening
from msewa.closure.rules import ClosureError, MonthState, Span, state_of
from msewa.closure.vault import mark_destroyed
from msewa.config import Settings
from msewa.extensions import db
from msewa.ledger.models import LedgerEntry

STALE = timedelta(days=30)


class TooEarlyError(ClosureError):
    """The month must still be kept (P57)."""


class ClockError(ClosureError):
    """The clock says that years have passed, and nothing else does (F13)."""


def destroy_month(month: str, *, now: datetime, is_clock_right: bool = False) -> int:
    """End a month for good: its bundles go, its public half leaves use, the public log says so; return how many were sealed.

    Raises TooEarlyError before the policy's years are over for the youngest bundle, ClockError, ClosureError for an unknown month.
    """
    settings: Settings = current_app.extensions["settings"]
    row = db.session.execute(select(VaultMonth).where(VaultMonth.month == month).with_for_update()).scalar_one_or_none()
    if row is None:
        raise ClosureError(f"Nothing was sealed in {month}.")
    state = state_of(Span(row.not_before, row.not_after), destroyed_at=row.destroyed_at, now=now)
    if state is MonthState.DESTROYED:
        raise ClosureError(f"{month} was destroyed before.")
    if state is MonthState.KEPT:
        raise TooEarlyError(f"{month} must be kept until {row.not_before:%Y-%m-%d %H:%M} UTC. Nothing was destroyed.")
    if not (settings.is_demo or is_clock_right):
        _doubt_the_clock(now=now)
    hers = select(Archive.id).where(Archive.month == month)
    db.session.execute(delete(ArchivePart).where(ArchivePart.archive_id.in_(hers)))
    db.session.execute(delete(Archive).where(Archive.month == month))
    db.session.execute(update(VaultMonth).where(VaultMonth.month == month).values(destroyed_at=now))
    return row.sealed


def _doubt_the_clock(*, now: datetime) -> None:
    """Refuse where the newest row of the ledger is weeks older than the clock: a clock that jumped ahead must end nothing."""
    newest = db.session.scalar(select(func.max(LedgerEntry.at)))
    if newest is None or now - newest > STALE:
        raise ClockError("The ledger's newest row is more than 30 days older than this clock. If the clock is right, say --clock-is-right.")


def leave_use(month: str) -> None:
    """Take the month's public half out of use, after the commit."""
    settings: Settings = current_app.extensions["settings"]
    mark_destroyed(settings, month)


def record_opening(text: str) -> None:
    """Enter an opening that the offline machine counted; the same one twice is once. Raises ClosureError for anything else."""
    try:
        facts: dict[str, Any] = json.loads(text)
        row = {
            "id": facts["id"],
            "opened_at": datetime.fromisoformat(facts["opened_at"]),
            "instrument": facts["instrument"],
            "months": " ".join(facts["months"]),
            "tried": int(facts["tried"]),
            "opened": int(facts["opened"]),
        }
    except (ValueError, KeyError, TypeError):
        raise ClosureError("This is no count of an opening.") from None
    if db.session.scalar(select(VaultOpening.id).where(VaultOpening.id == row["id"])) is None:
        db.session.execute(insert(VaultOpening).values(**row))
