"""The clock, a value that is passed in; demo mode can move it."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from flask import current_app

INDIA = ZoneInfo("Asia/Kolkata")


class Clock(Protocol):
    """Tells the moment."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """The machine's clock plus an offset kept in a file, so that every process of a demo tells the same time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = -1
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the moved moment, aware, in UTC."""
        return datetime.now(UTC) + self._read()

    def move(self, moment: datetime) -> None:
        """Let the clock tell `moment` from now on."""
        offset = moment - datetime.now(UTC)
        unfinished = self._path.with_suffix(".new")
        unfinished.write_text(json.dumps({"seconds": offset.total_seconds()}))
        # In one step: another process that asks just now must not find half a number.
        unfinished.replace(self._path)

    def reset(self) -> None:
        """Tell the machine's time again."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> timedelta:
        # Nearly always it is not there, and every page asks: an error raised and caught costs more than the question.
        if not os.access(self._path, os.F_OK):
            return timedelta()
        try:
            stamp = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta()
        if stamp != self._stamp:
            self._offset = timedelta(seconds=json.loads(self._path.read_text())["seconds"])
            self._stamp = stamp
        return self._offset


def now() -> datetime:
    """Return the moment of the application's clock; only routes and commands ask, and pass it on."""
    clock: Clock = current_app.extensions["clock"]
    return clock.now()


def day_of(moment: datetime) -> date:
    """Return the day in India: what is in force from a day on is so from midnight there, five and a half hours before UTC."""
    return moment.astimezone(INDIA).date()
