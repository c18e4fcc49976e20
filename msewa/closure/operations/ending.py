"""Ending a month of the vault, and counting lawful openings."""

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import delete, insert, select, update

from msewa.closure.models import Archive, ArchivePart, VaultExport, VaultMonth, VaultOpening
from msewa.closure.rules import MOST_MONTHS, RANDOM_ID, ClosureError, is_instrument
from msewa.closure.vault import mark_destroyed, vault_folder
from msewa.config import Settings
from msewa.crypto.custody import MONTH, CustodyError, split_of
from msewa.extensions import db
from msewa.ledger.models import LedgerCheckpoint

STALE = timedelta(days=30)
# What a column of whole numbers holds.
MOST_BUNDLES = 2**31


class TooEarlyError(ClosureError):
    """The month must still be kept (P57)."""


class ClockError(ClosureError):
    """The clock says that years have passed, and nothing else does (F13)."""


@dataclass(frozen=True, slots=True)
class Word:
    """What the custodians say and nothing here can see; the public log tells it as their word.

    How many shares they burnt, the number of the record they signed, and which exports they erased. `leaves_exports`: others
    of the month are lost, and the public log is to say so.
    """

    burnt: int
    record: str
    erased: Collection[str] = ()
    leaves_exports: bool = False


class Ended(NamedTuple):
    """How many bundles were erased here, and how many shares the month's key had (None: no custodian has said anything)."""

    sealed: int
    custodians: int | None


def destroy_month(month: str, *, word: Word | None, now: datetime, is_clock_right: bool = False) -> Ended:
    """End a month: its bundles go, its public half leaves use, the public log says so, and on whose word its shares were burnt.

    Without a word (in the demonstration alone, whose shares lie beside the data) it says that nothing is known of them.

    Raises TooEarlyError before the policy's years are over for the youngest bundle, ClockError, ClosureError for an unknown month, for
    as many shares left as open together, and for exports that nobody accounts for.
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
    said = _take_word(word, month=month, now=now, settings=settings)
    hers = select(Archive.id).where(Archive.month == month)
    db.session.execute(delete(ArchivePart).where(ArchivePart.archive_id.in_(hers)))
    db.session.execute(delete(Archive).where(Archive.month == month))
    db.session.execute(update(VaultMonth).where(VaultMonth.month == month).values(destroyed_at=now, **said))
    return Ended(row.sealed, said.get("custodians"))


def _take_word(word: Word | None, *, month: str, now: datetime, settings: Settings) -> dict[str, Any]:
    """Return what the public log says of the shares; raises ClosureError for a word that is missing, or not to be believed."""
    if word is None:
        if settings.is_demo:
            return {}
        raise ClosureError("Say how many shares were burnt (--burnt) and by which record (--record). Nothing was destroyed.")
    custodians = _believe(word, month=month, settings=settings)
    _account_for_exports(word, month=month, now=now)
    return {"custodians": custodians, "burnt": word.burnt, "record": word.record}


def _believe(word: Word, *, month: str, settings: Settings) -> int:
    """Refuse a word that would leave a key which opens; return how many shares it had."""
    try:
        split = split_of(vault_folder(settings), month)
    except CustodyError as error:
        raise ClosureError(f"{error} Nothing was destroyed.") from None
    left = split.custodians - word.burnt
    if not is_instrument(word.record):
        raise ClosureError("The custodians' word needs the number of the record that they signed. Nothing was destroyed.")
    if left < 0:
        raise ClosureError(f"The key of {month} has {split.custodians} shares. Nothing was destroyed.")
    if left >= split.needed:
        raise ClosureError(
            f"{left} of {split.custodians} shares would be left, and any {split.needed} open. Nothing was destroyed: burn more first."
        )
    return split.custodians


def _account_for_exports(word: Word, *, month: str, now: datetime) -> None:
    """Mark the exports that were erased, and refuse while others are left, unless that is to be published."""
    made = select(VaultExport.id, VaultExport.made_at).where(VaultExport.month == month).order_by(VaultExport.made_at)
    exports = {row.id: row.made_at for row in db.session.execute(made)}
    unknown = set(word.erased) - exports.keys()
    if unknown:
        raise ClosureError(f"{', '.join(sorted(unknown))}: no such export of {month}. Nothing was destroyed.")
    left = [f"{name} of {made_at:%Y-%m-%d}" for name, made_at in exports.items() if name not in word.erased]
    if left and not word.leaves_exports:
        raise ClosureError(
            f"Exports of {month} are not accounted for: {', '.join(left)}. Nothing was destroyed. "
            "Say --erased ID for each that is erased; where one is lost, --exports-left, and the public log says so."
        )
    db.session.execute(update(VaultExport).where(VaultExport.id.in_(word.erased)).values(erased_at=now))


def enter_export(month: str, *, now: datetime) -> str:
    """Enter that an export of a month is being made; return its number, by which the custodians account for it."""
    export_id = secrets.token_hex(4)
    db.session.execute(insert(VaultExport).values(id=export_id, month=month, made_at=now))
    return export_id


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
