"""Months as they begin and end in India."""

from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta

from msewa.web.filters import INDIA


def month_of(text: str) -> date | None:
    """Return the first day of a month written as 2026-11; None for anything else."""
    try:
        month = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        return None
    # Before the first year and after the last there is no moment at which a month could begin in UTC, or end.
    return month if MINYEAR < month.year < MAXYEAR else None


def begin_of(month: date) -> datetime:
    """Return the moment in which a month begins in India."""
    return datetime(month.year, month.month, 1, tzinfo=INDIA)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_month(now: datetime) -> date:
    """Return the first day of the month before the present one, in India."""
    return (now.astimezone(INDIA).date().replace(day=1) - timedelta(days=1)).replace(day=1)
