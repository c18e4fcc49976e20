"""When what is sealed may end and when it must, and the words for why somebody left."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST_INSTRUMENT = 120
RANDOM_ID = re.compile(r"[0-9a-f]{32}")
LEAST_SHOWN = 10  # of those who left in one month: a smaller count is about somebody
MOST_MONTHS = 50  # in one opening: as many as its row of the public count holds


class Reason(StrEnum):
    """Why an account ends."""

    ASKED = "asked"
    TERMINATED = "terminated"
    RESTED = "rested"


class Wish(StrEnum):
    """What becomes of applications that are with an office."""

    WITHDRAW = "withdraw"
    FINISH = "finish"
    SOME = "some"  # the offices finish those she names, the others are taken back


class ClosureError(Exception):
    """An account can't be closed, or the vault can't do what was asked; the message says why in one line. Nothing was changed."""


class NoVaultKeyError(ClosureError):
    """There is no public key to seal to this month, so nobody can be erased."""


@dataclass(frozen=True, slots=True)
class Retention:
    """What the law asks: kept sealed for at least `years`, at most `latest_years`, on this basis."""

    years: int
    latest_years: int
    basis: str


def is_instrument(number: str) -> bool:
    """Whether this may be the number of a legal instrument."""
    return 0 < len(number.strip()) == len(number) <= LONGEST_INSTRUMENT and number.isprintable()


def month_of(moment: datetime) -> str:
    """Return the month of a moment (UTC) as 2026-11."""
    return moment.strftime("%Y-%m")


def years_later(moment: datetime, years: int) -> datetime:
    """Return the same day and time some years later; of 29 February, 1 March where there is none, so that no day is missing."""
    year = moment.year + years
    if moment.day > monthrange(year, moment.month)[1]:
        return moment.replace(year=year, month=3, day=1)
    return moment.replace(year=year)


@dataclass(frozen=True, slots=True)
class Span:
    """Before `not_before` nothing sealed may be destroyed, after `not_after` nothing may be left."""

    not_before: datetime
    not_after: datetime

    @classmethod
    def of(cls, deleted_at: datetime, retention: Retention) -> "Span":
        """Return the span of what is sealed at a moment."""
        return cls(years_later(deleted_at, retention.years), years_later(deleted_at, retention.latest_years))


class MonthState(StrEnum):
    """Where a month of the vault stands."""

    KEPT = "kept"
    DUE = "due"
    OVERDUE = "overdue"
    DESTROYED = "destroyed"


def state_of(span: Span, *, destroyed_at: datetime | None, now: datetime) -> MonthState:
    """Return where a month stands: its key may end once `not_before` has come, and must have by `not_after`."""
    if destroyed_at is not None:
        return MonthState.DESTROYED
    if now >= span.not_after:
        return MonthState.OVERDUE
    return MonthState.DUE if now >= span.not_before else MonthState.KEPT
