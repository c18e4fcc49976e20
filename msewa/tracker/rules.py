"""What a caller may ask: the parameters of findUsage, read strictly (Andmejälgija kasutusteabe teenus 2.0.0)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

# Instance, member class, member and perhaps subsystem (X-Road: Message Protocol for REST, section 4.3).
ADDRESS = re.compile(r"[A-Za-z]{2}(?:-[A-Za-z]+)?/[^/\s]{1,40}/[^/\s]{1,60}(?:/[^/\s]{1,60})?")
CODE = re.compile(r"[0-9a-f]{32}")
MOST, LAST = 1000, 2**31 - 1


class UnreadableError(Exception):
    """A parameter is missing or not in its form; the message says which, and never repeats its value."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: whose rows, from when to when (both inclusive), how many, and how many to leave out first."""

    code: str
    since: datetime | None
    until: datetime | None
    limit: int
    offset: int


def read_asked(given: Mapping[str, str], *, user_id: str) -> Asked:
    """Read the query of findUsage; raises UnreadableError. Nobody asks for another here: X-Road-UserId must be the userCode."""
    code = given.get("userCode", "")
    if not CODE.fullmatch(code):
        raise UnreadableError("userCode must be the code that the citizen gave to this system.")
    if user_id != code:
        raise UnreadableError("X-Road-UserId must be the same as userCode.")
    return Asked(
        code=code,
        since=_moment(given, "periodStart"),
        until=_moment(given, "periodEnd"),
        limit=min(_number(given, "limit", least=1, usual=MOST), MOST),
        offset=_number(given, "offset", least=0, usual=0),
    )


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    if name not in given:
        return None
    try:
        # The contract's own examples carry no zone.
        moment = datetime.fromisoformat(given[name])
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableError(f"{name} must be a moment such as 2026-01-31T10:20:30Z.") from None


def _number(given: Mapping[str, str], name: str, *, least: int, usual: int) -> int:
    text = given.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and least <= int(text) <= LAST):
        raise UnreadableError(f"{name} must be a whole number of at least {least}.")
    return int(text)
