"""Counting in memory: how often, by one dimension at a time. What is written down is never small and never about somebody."""

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from msewa.visits.rules import OTHER, Metric, UnlistedMetricError, hour_of


class Period(NamedTuple):
    """A day in India, with its hour where the metric is counted by the hour."""

    day: date
    hour: int | None


class Cell(NamedTuple):
    """One number: of a metric, in a period, for one value. No two dimensions ever meet in one cell."""

    metric: str
    period: Period
    value: str


class VisitCounter:
    """The counts of one process, not yet written down."""

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self._metrics = metrics
        # Gathered by the hour in plain dictionaries: this is done for every page, the rest once a minute.
        self._hours: dict[tuple[date, int], dict[tuple[str, str], int]] = {}
        # Of closed lists and our own routes alone, so that it can't grow with the number of visitors.
        self._listed: set[tuple[str, str]] = set()
        self._counts: Counter[Cell] = Counter()
        self._lock = threading.Lock()

    def emit(self, values: Mapping[str, str], *, now: datetime) -> None:
        """Count a visit under each value, each for itself; raises UnlistedMetricError for what the register does not name (P19)."""
        for pair in values.items():
            if pair not in self._listed:
                self._check(pair)
        place = hour_of(now)
        with self._lock:
            counts = self._hours.setdefault(place, {})
            for pair in values.items():
                counts[pair] = counts.get(pair, 0) + 1

    def _check(self, pair: tuple[str, str]) -> None:
        metric = self._metrics.get(pair[0])
        if metric is None or not metric.allows(pair[1]):
            raise UnlistedMetricError(pair[0])
        self._listed.add(pair)

    def add(self, counts: Mapping[Cell, int]) -> None:
        """Put counts back that could not be written down just now."""
        with self._lock:
            for cell, count in counts.items():
                self._counts[cell] += count

    def take(self, *, now: datetime, closing: bool = False) -> dict[Cell, int]:
        """Take out what may be written down: whole multiples of each metric's threshold.

        What is left over waits here until its period is over (all are, when `closing`); then it is put together as "other", and dropped
        where even that is small. So neither a number nor the difference of two copies of the database is ever about a few visits, and
        the same odd number in two tables can't tell that one person's language and browser are meant.
        """
        day, hour = hour_of(now)
        with self._lock:
            self._fold()
            taken = self._take_whole()
            over = [cell for cell in self._counts if closing or cell.period not in (Period(day, hour), Period(day, None))]
            self._counts.update(_together({cell: self._counts.pop(cell) for cell in over}))
            taken.update(self._take_whole())
            for cell in over:
                self._counts.pop(cell._replace(value=OTHER), None)
        return dict(taken)

    def _fold(self) -> None:
        for (day, hour), counts in self._hours.items():
            for (metric_id, value), count in counts.items():
                period = Period(day, hour if self._metrics[metric_id].period == "hour" else None)
                self._counts[Cell(metric_id, period, value)] += count
        self._hours = {}

    def _take_whole(self) -> Counter[Cell]:
        taken = Counter({cell: count - count % self._metrics[cell.metric].threshold for cell, count in self._counts.items()})
        self._counts -= taken  # what comes down to nought leaves the counter
        return +taken


def _together(counts: Mapping[Cell, int]) -> Counter[Cell]:
    merged: Counter[Cell] = Counter()
    for cell, count in counts.items():
        merged[cell._replace(value=OTHER)] += count
    return merged
