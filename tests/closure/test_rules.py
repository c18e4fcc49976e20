"""When what is sealed may end, and when it must."""

from datetime import UTC, datetime, timedelta

import pytest

from msewa.closure.rules import MonthState, Retention, Span, month_of, state_of, years_later

LEFT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
SPAN = Span.of(LEFT, Retention(3, 5, "an example"))
SECOND = timedelta(seconds=1)


def test_years_end_on_the_same_day() -> None:
    assert years_later(LEFT, 3) == datetime(2029, 11, 23, 10, 30, tzinfo=UTC)
    assert years_later(datetime(2028, 2, 29, tzinfo=UTC), 3) == datetime(2031, 3, 1, tzinfo=UTC)
    assert years_later(datetime(2028, 2, 29, tzinfo=UTC), 4) == datetime(2032, 2, 29, tzinfo=UTC)


@pytest.mark.promise("P57")
def test_a_month_is_kept_three_years_to_the_second_and_must_end_by_its_last_date() -> None:
    moments = [SPAN.not_before - SECOND, SPAN.not_before, SPAN.not_after - SECOND, SPAN.not_after]

    states = [state_of(SPAN, destroyed_at=None, now=moment) for moment in moments]

    assert states == [MonthState.KEPT, MonthState.DUE, MonthState.DUE, MonthState.OVERDUE]
    assert state_of(SPAN, destroyed_at=LEFT, now=SPAN.not_after) is MonthState.DESTROYED


def test_a_month_is_named_by_year_and_month() -> None:
    assert month_of(LEFT) == "2026-11"
