"""By when an office must answer: working days of Punjab, its holidays left out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from msewa.applications.holidays import holidays_of
from msewa.catalogue.rules import Definition

A_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Due:
    """The last day for an answer and the limit in days (None: not known), and the office's holidays that were passed over on the way."""

    on: date | None
    skipped: tuple[date, ...] = ()
    days: int | None = None


def find_limit(definition: Definition, *, answer: Callable[[str], str], today: date) -> int | None:
    """Return within how many days these answers are answered; None when that is not known, or depends on what is not."""
    other = definition.other_limit
    if other is None:
        return definition.days
    try:
        event = date.fromisoformat(answer(other.of)) if other.of else None
    except ValueError:  # not answered yet
        event = None
    if event is None:
        return None
    return other.days if event.year < today.year else definition.days


def find_due(sent_on: date, *, days: int | None, unit: Literal["working", "calendar"]) -> Due:
    """Return by when an application sent on a day is due; the day of sending does not count, 0 days is the same day."""
    if days is None:
        return Due(None)
    if unit == "calendar":
        return Due(sent_on + days * A_DAY, days=days)
    return _working_days(sent_on, days=days)


def _working_days(sent_on: date, *, days: int) -> Due:
    day, left = sent_on, days
    skipped: list[date] = []
    while left:
        day += A_DAY
        if day.weekday() >= SATURDAY:
            continue
        if day in holidays_of(day.year):
            skipped.append(day)
        else:
            left -= 1
    return Due(day, tuple(skipped), days)
