"""Counting in memory: how often, by one dimension at a time. What is written down is never small and never about somebody."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
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
        self._counts: Counter[Cell] = Counter()
        self._lock = threading.Lock()

    def emit(self, values: Mapping[str, str], *, now: datetime) -> None:
        """Count a visit under each value, each for itself; raises UnlistedMetricError for what the register does not name (P19)."""
        day, hour = hour_of(now)
        by_hour, by_day = Period(day, hour), Period(day, None)
        cells: list[Cell] = []
        for metric_id, value in values.items():
            metric = self._metrics.get(metric_id)
            if metric is None or not metric.allows(value):
                raise UnlistedMetricError(metric_id)
            cells.append(Cell(metric_id, by_hour if metric.period == "hour" else by_day, value))
        with self._lock:
            for cell in cells:
                self._counts[cell] = self._counts.get(cell, 0) + 1

    def add(self, counts: Mapping[Cell, int]) -> None:
        """Put counts back that could not be written down just now."""
        with self._lock:
            for cell, count in counts.items():
                self._counts[cell] += count

    def take(self, *, now: datetime, closing: bool = False) -> dict[Cell, int]:
        """Take out what may be written down: each number reaches its metric's threshold.

        What is smaller waits here until its period is over (all are, when `closing`); then it is put together as "other", and dropped
        where even that is small. So neither a number nor the difference of two copies of the database is ever about a few visits.
        """
        day, hour = hour_of(now)
        with self._lock:
            over = [cell for cell in self._counts if closing or cell.period not in (Period(day, hour), Period(day, None))]
            small = self._take(cell for cell in over if not self._is_enough(cell))
            self._counts.update(_together(small))
            taken = self._take(cell for cell in self._counts if self._is_enough(cell))
            self._take(cell for cell in self._counts if cell in _together(small))
        return taken

    def _take(self, cells: Iterable[Cell]) -> dict[Cell, int]:
        return {cell: self._counts.pop(cell) for cell in list(cells)}

    def _is_enough(self, cell: Cell) -> bool:
        return self._counts[cell] >= self._metrics[cell.metric].threshold


def _together(counts: Mapping[Cell, int]) -> Counter[Cell]:
    merged: Counter[Cell] = Counter()
    for cell, count in counts.items():
        merged[cell._replace(value=OTHER)] += count
    return merged
