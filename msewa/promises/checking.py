"""Running the checks, and keeping what the last run found where the page can show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from msewa.extensions import db
from msewa.outbox.daily import every_day
from msewa.promises.checks.register import CHECKS
from msewa.promises.checks.rules import Check
from msewa.promises.models import SelfCheck

TOPIC = "promises.check"
# A day, and what a worker that was started anew may be behind.
LATE_AFTER = timedelta(hours=26)


class Result(NamedTuple):
    """A check and the faults that it found, none when all is well."""

    check: Check
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """The last run as the page knows it: when, and per check whether all was well."""

    at: datetime
    results: dict[str, bool]

    @property
    def failing(self) -> int:
        """How many checks found a fault."""
        return sum(not is_well for is_well in self.results.values())

    def is_late(self, *, now: datetime) -> bool:
        """Whether another run should have come since; the worker that does them can not say so itself when it is away."""
        return now - self.at > LATE_AFTER


def look(*, now: datetime) -> list[Result]:
    """Run every check; whatever one of them stumbles over is a fault of it, and the others go on."""
    results = [Result(check, _faults_of(check, now=now)) for check in CHECKS]
    # Ends the transaction that the looks read in: on SQLite one that began with reading may not write.
    db.session.rollback()
    return results


def keep(results: Sequence[Result], *, now: datetime) -> None:
    """Keep when it was looked and whether each check of a clause was well, in place of the last run."""
    rows = [{"check_id": one.check.id, "is_well": not one.faults, "at": now} for one in results if one.check.clauses]
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    # Row over row: the worker's run and one by hand may end at the same moment, and neither should stumble over the other.
    rowwise = dialect.insert(SelfCheck).values(rows)
    said = {"is_well": rowwise.excluded.is_well, "at": rowwise.excluded.at}
    db.session.execute(rowwise.on_conflict_do_update(index_elements=["check_id"], set_=said))
    # What was found before says nothing of today: a check that is gone should not linger.
    db.session.execute(delete(SelfCheck).where(SelfCheck.check_id.not_in([row["check_id"] for row in rows])))


def last_run() -> Run | None:
    """Return what the last run found; None before the first."""
    rows = db.session.execute(select(SelfCheck.check_id, SelfCheck.is_well, SelfCheck.at)).all()
    return Run(rows[0].at, {row.check_id: row.is_well for row in rows}) if rows else None


def results_of(clause_id: str) -> list[tuple[Check, bool, datetime]]:
    """Return the checks of one clause with what the last run found of each, and when; none before the first run."""
    found = last_run()
    if found is None:
        return []
    return [(check, found.results[check.id], found.at) for check in CHECKS if clause_id in check.clauses and check.id in found.results]


def init_app(app: Flask) -> None:
    """Have the worker run the checks every day, after a pause when the other work is made up for: what is about to be done is no fault."""

    def check(*, now: datetime) -> None:
        keep(look(now=now), now=now)

    every_day(app, TOPIC, check, is_last=True)


def _faults_of(check: Check, *, now: datetime) -> tuple[str, ...]:
    try:
        return tuple(check.find_faults(now))
    except Exception as error:  # whatever a check stumbles over is a fault, and the others must still be asked
        # PostgreSQL answers nothing more in a transaction that has failed once.
        db.session.rollback()
        return (f"It could not look: {type(error).__name__}.",)
