"""By when an answer is due, over weekends and Punjab's holidays."""

from datetime import date

import pytest

from msewa.applications.deadlines import Due, find_due

FRIDAY = date(2026, 11, 20)
HOLIDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (0, Due(FRIDAY)),
        (1, Due(date(2026, 11, 23))),
        (2, Due(date(2026, 11, 25), (HOLIDAY,))),
        (6, Due(date(2026, 12, 1), (HOLIDAY,))),
        (None, Due(None)),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(days: int | None, due: Due) -> None:
    assert find_due(FRIDAY, days=days, unit="working") == due


def test_the_year_may_end_in_between() -> None:
    due = find_due(date(2026, 12, 31), days=1, unit="working")

    assert due.on == date(2027, 1, 1) or date(2027, 1, 1) in due.skipped


def test_complaints_count_calendar_days() -> None:
    assert find_due(FRIDAY, days=4, unit="calendar") == Due(HOLIDAY)
