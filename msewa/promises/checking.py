"""Running the checks, and keeping what the last run found where the page can show it."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from msewa.crypto.keyring import KeyRingError
from msewa.extensions import db
from msewa.outbox.daily import every_day
from msewa.promises.checks.current import current_settings
from msewa.promises.checks.register import CHECKS
from msewa.promises.checks.rules import Check

TOPIC = "promises.check"


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


def run(*, now: datetime) -> list[Result]:
    """Run every check, and keep when and with what result; faults themselves are told to whoever runs the system, not published."""
    results = [Result(check, _faults_of(check, now=now)) for check in CHECKS]
    db.session.rollback()
    _keep(Run(now, {result.check.id: not result.faults for result in results}))
    return results


def last_run() -> Run | None:
    """Return what the last run found; None before the first."""
    path = _path()
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    return Run(datetime.fromisoformat(content["at"]), content["results"])


def results_of(clause_id: str) -> list[tuple[Check, bool, datetime]]:
    """Return the checks of one clause with what the last run found of each, and when; none before the first run."""
    found = last_run()
    if found is None:
        return []
    return [(check, found.results[check.id], found.at) for check in CHECKS if clause_id in check.clauses and check.id in found.results]


def init_app(app: Flask) -> None:
    """Have the worker run the checks every day."""

    def check(*, now: datetime) -> None:
        run(now=now)

    every_day(app, TOPIC, check)


def _faults_of(check: Check, *, now: datetime) -> tuple[str, ...]:
    try:
        return tuple(check.find_faults(now))
    except (SQLAlchemyError, KeyRingError, OSError) as error:
        db.session.rollback()
        return (f"It could not look: {type(error).__name__}.",)


def _keep(found: Run) -> None:
    path = _path()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_text(json.dumps({"at": found.at.isoformat(), "results": found.results}, indent=1), encoding="utf-8")
    draft.replace(path)


def _path() -> Path:
    return current_settings().data / "self_check.json"
