"""Punjab's holidays, kept as a list beside the library that knows them; `make holidays` writes the list anew."""

import json
from collections.abc import Set
from datetime import date
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

KEPT = Path(__file__).with_name("holidays.json")
YEARS = range(2025, 2036)


@cache
def holidays_of(year: int) -> Set[date]:
    """Return the days of a year on which Punjab's offices are shut; the library's own, also for years that are not kept."""
    # The library loads every country of the world with the first: nineteen megabytes of each serving process, and half a second.
    days = _kept().get(str(year))
    return known_of(year) if days is None else frozenset(map(date.fromisoformat, days))


def known_of(year: int) -> Set[date]:
    """Return a year's holidays as the library knows them."""
    return frozenset(import_module("holidays").country_holidays("IN", subdiv="PB", years=year))


def write() -> None:
    """Write the list, with what it was taken from."""
    years = {str(year): sorted(day.isoformat() for day in known_of(year)) for year in YEARS}
    source = f"holidays {version('holidays')}, India, Punjab"
    KEPT.write_text(json.dumps({"source": source, "years": years}, indent=1) + "\n")


@cache
def _kept() -> dict[str, list[str]]:
    return json.loads(KEPT.read_text())["years"]


if __name__ == "__main__":
    write()
