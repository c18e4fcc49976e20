"""Months as they begin and end in India."""

from datetime import UTC, date, datetime, timedelta

from msewa.web.filters import INDIA


def month_of(text: str) -> date | None:
    """Return the first day of a month written as 2026-11; None for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def begin_of(month: date) -> datetime:
    """Return the moment in which a month begins in India."""
    return datetime(month.year, month.month, 1, tzinfo=INDIA)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_month(now: datetime) -> date:
    """Return the first day of the month before the present one, in India."""
    return (now.astimezone(INDIA).date().replace(day=1) - timedelta(days=1)).replace(day=1)
