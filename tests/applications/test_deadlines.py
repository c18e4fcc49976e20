"""By when an answer is due, over weekends and Punjab's holidays."""

import subprocess
import sys
from datetime import date

import pytest

from msewa.applications import holidays
from msewa.applications.deadlines import Due, find_due

FRIDAY = date(2026, 11, 20)
HOLIDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (0, Due(FRIDAY, days=0)),
        (1, Due(date(2026, 11, 23), days=1)),
        (2, Due(date(2026, 11, 25), (HOLIDAY,), 2)),
        (6, Due(date(2026, 12, 1), (HOLIDAY,), 6)),
        (None, Due(None)),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(days: int | None, due: Due) -> None:
    assert find_due(FRIDAY, days=days, unit="working") == due


def test_the_year_may_end_in_between() -> None:
    due = find_due(date(2026, 12, 31), days=1, unit="working")

    assert due.on == date(2027, 1, 1) or date(2027, 1, 1) in due.skipped


def test_complaints_count_calendar_days() -> None:
    assert find_due(FRIDAY, days=4, unit="calendar") == Due(HOLIDAY, days=4)


@pytest.mark.parametrize("year", holidays.YEARS)
def test_the_kept_holidays_are_those_the_library_knows(year: int) -> None:
    """`make holidays` writes them anew."""
    assert holidays.holidays_of(year) == holidays.known_of(year) != set()


def test_a_year_that_is_not_kept_is_asked_of_the_library() -> None:
    before = holidays.YEARS[0] - 1

    assert date(before, 1, 26) in holidays.holidays_of(before)


def test_a_due_date_costs_a_process_no_library_of_the_world() -> None:
    """All its countries are nineteen megabytes of a process that may have 120."""
    asked = "import sys; from msewa.applications.holidays import holidays_of; holidays_of(2026); sys.exit('holidays' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
