"""What may be counted about a visit: the metrics of the register, and the coarse families that a browser's own words are cut down to."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal

# India keeps one time all year; the zone's table would cost more than the sum.
INDIA = timezone(timedelta(hours=5, minutes=30))
OTHER = "other"
# A browser's words may be as long as the server takes; its family stands well within these.
AGENT_LENGTH = 300

# The first that fits: every browser names several others in its own words.
BROWSERS = (
    ("Edg", "edge"),
    ("SamsungBrowser", "samsung"),
    ("OPR/", "opera"),
    ("UCBrowser", "uc"),
    ("Firefox/", "firefox"),
    ("FxiOS", "firefox"),
    ("CriOS", "chrome"),
    ("Chrome/", "chrome"),
    ("Safari/", "safari"),
)
# Here too: Android names Linux, and an iPhone Mac OS.
SYSTEMS = (
    ("KAIOS", "kaios"),
    ("Android", "android"),
    ("iPhone", "ios"),
    ("iPad", "ios"),
    ("Windows", "windows"),
    ("Mac OS", "macos"),
    ("Linux", "linux"),
)
PACE_SECONDS = (0.05, 0.1, 0.25, 1.0)
PACES = ("under_50_ms", "under_100_ms", "under_250_ms", "under_1_s", "over_1_s")


class UnlistedMetricError(ValueError):
    """Something was about to be counted that the published register does not name (P19)."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One line of the register: a question and the one dimension that answers it; `values` None: templates of our own routes."""

    id: str
    period: Literal["hour", "day"]
    threshold: int
    name: Mapping[str, str]
    question: Mapping[str, str]
    counted: Mapping[str, str]
    values: frozenset[str] | None = None

    def allows(self, value: str) -> bool:
        """Whether a value is of the closed list; a route's template begins with a slash and has no room for anybody's words."""
        return value in self.values if self.values is not None else value == OTHER or value.startswith("/")


def hour_of(moment: datetime) -> tuple[date, int]:
    """Return the day and the hour in India, the finest that is ever kept of a visit."""
    there = moment.astimezone(INDIA)
    return there.date(), there.hour


def browser_of(agent: str) -> str:
    """Cut a browser's own words down to its family; nothing else of them is kept."""
    return _first(BROWSERS, agent[:AGENT_LENGTH])


def system_of(agent: str) -> str:
    """Cut a browser's own words down to the family of its operating system."""
    return _first(SYSTEMS, agent[:AGENT_LENGTH])


def pace_of(seconds: float) -> str:
    """Return the step of the time that an answer took."""
    return PACES[bisect_right(PACE_SECONDS, seconds)]


def _first(families: tuple[tuple[str, str], ...], text: str) -> str:
    for mark, family in families:
        if mark in text:
            return family
    return OTHER
