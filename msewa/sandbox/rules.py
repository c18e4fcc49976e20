"""How the sandbox's clock may be moved: by ISO 8601 durations, or to a moment."""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class NotAMomentError(ValueError):
    """What was asked for is no duration, no moment, or lies too far away."""


def advanced(moment: datetime, duration: str) -> datetime:
    """Return `moment` moved on by an ISO 8601 duration such as P3Y, PT15M or P1DT2H; raises NotAMomentError.

    Years and months keep the day of the month where there is one, else take the month's last day.
    """
    match = DURATION.fullmatch(duration)
    if match is None:
        raise NotAMomentError
    parts = {name: int(text or 0) for name, text in match.groupdict().items()}
    years, month = divmod(moment.month - 1 + parts.pop("months"), 12)
    year = moment.year + parts.pop("years") + years
    if year >= LATEST.year:
        raise NotAMomentError
    day = min(moment.day, monthrange(year, month + 1)[1])
    return _bounded(moment.replace(year=year, month=month + 1, day=day) + timedelta(**parts))


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 moment, in UTC unless it names its zone; raises NotAMomentError."""
    try:
        moment = datetime.fromisoformat(text)
        return _bounded(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise NotAMomentError from None


def _bounded(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise NotAMomentError
    return moment.astimezone(UTC)
