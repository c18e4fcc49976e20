"""Ending a month of the vault, and counting lawful openings."""

import json
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, insert, select, update

from msewa.closure.models import Archive, ArchivePart, VaultMonth, VaultOpening
from msewa.closure.rules import MOST_MONTHS, RANDOM_ID, ClosureError, is_instrument
from msewa.closure.vault import mark_destroyed
from msewa.config import Settings
from msewa.crypto.custody import MONTH
from msewa.extensions import db
from msewa.ledger.models import LedgerCheckpoint

STALE = timedelta(days=30)
# What a column of whole numbers holds.
MOST_BUNDLES = 2**31


class TooEarlyError(ClosureError):
    """The month must still be kept (P57)."""


class ClockError(ClosureError):
    """The clock says that years have passed, and nothing else does (F13)."""


def destroy_month(month: str, *, now: datetime, is_clock_right: bool = False) -> int:
    """End a month for good: its bundles go, its public half leaves use, the public log says so; return how many were sealed.

    Raises TooEarlyError before the policy's years are over for the youngest bundle, ClockError, ClosureError for an unknown month.
    """
    settings: Settings = current_app.extensions["settings"]
    # Locked, as whoever seals into it locks it: nobody is sealed to a key that ends at this moment.
    row = db.session.execute(select(VaultMonth).where(VaultMonth.month == month).with_for_update()).scalar_one_or_none()
    if row is None:
        raise ClosureError(f"Nothing was sealed in {month}.")
    if row.destroyed_at is not None:
        raise ClosureError(f"{month} was destroyed before.")
    # Whatever the latest date says: what somebody may still need is never destroyed.
    if now < row.not_before:
        raise TooEarlyError(f"{month} must be kept until {row.not_before:%Y-%m-%d %H:%M} UTC. Nothing was destroyed.")
    if not (settings.is_demo or is_clock_right):
        _doubt_the_clock(now=now)
    hers = select(Archive.id).where(Archive.month == month)
    db.session.execute(delete(ArchivePart).where(ArchivePart.archive_id.in_(hers)))
    db.session.execute(delete(Archive).where(Archive.month == month))
    db.session.execute(update(VaultMonth).where(VaultMonth.month == month).values(destroyed_at=now))
    return row.sealed


def _doubt_the_clock(*, now: datetime) -> None:
    """Refuse unless the ledger was signed in each of the last two months: a clock that jumped ahead left a hole, and must end nothing."""
    for until in (now, now - STALE):
        signed = select(LedgerCheckpoint.size).where(LedgerCheckpoint.made_at > until - STALE, LedgerCheckpoint.made_at <= until)
        if db.session.scalar(signed.limit(1)) is None:
            raise ClockError(
                f"Nothing was signed in the ledger between {until - STALE:%Y-%m-%d} and {until:%Y-%m-%d}, as if the clock had jumped. "
                "Nothing was destroyed. If the clock is right, say --clock-is-right."
            )


def leave_use(month: str) -> None:
    """Take the month's public half out of use, after the commit."""
    settings: Settings = current_app.extensions["settings"]
    mark_destroyed(settings, month)


def record_opening(text: str) -> None:
    """Enter an opening that the offline machine counted; the same one twice is once. Raises ClosureError for anything else."""
    try:
        row = _counted(json.loads(text))
    except (ValueError, KeyError, TypeError):
        raise ClosureError("This is no count of an opening.") from None
    if db.session.scalar(select(VaultOpening.id).where(VaultOpening.id == row["id"])) is None:
        db.session.execute(insert(VaultOpening).values(**row))


def _counted(facts: dict[str, Any]) -> dict[str, Any]:
    opened_at, months = datetime.fromisoformat(facts["opened_at"]), facts["months"]
    is_sound = (
        RANDOM_ID.fullmatch(facts["id"])
        and opened_at.tzinfo is not None
        and is_instrument(facts["instrument"])
        and 0 < len(months) <= MOST_MONTHS
        and all(MONTH.fullmatch(month) for month in months)
        and 0 <= int(facts["opened"]) <= int(facts["tried"]) < MOST_BUNDLES
    )
    if not is_sound:
        raise ValueError
    counts = {"tried": int(facts["tried"]), "opened": int(facts["opened"])}
    return {"id": facts["id"], "opened_at": opened_at, "instrument": facts["instrument"], "months": " ".join(months), **counts}
