"""Counting people who allow it, and reading what was published."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from msewa.applications.models import Application
from msewa.catalogue.queries import catalogue
from msewa.consents.queries import is_allowed
from msewa.extensions import db
from msewa.figures.models import FigureCell, FigureRelease
from msewa.figures.register import tables
from msewa.figures.rules import By, Cell, bounds, month_of, next_month, record_key

PURPOSE = "statistics"
CHUNK = 1000


def count_people(month: str, *, secret: bytes, now: datetime) -> dict[tuple[str, str], Cell]:
    """Count who applied in a month into the cells (table, value) of every table.

    Asks for each person first whether she allows it at this moment. Whoever applies ten times is one person in a cell, or ten
    applications of hers would be published as ten people.
    """
    cells: dict[tuple[str, str], Cell] = defaultdict(Cell)
    value_of = _values()
    for account_id, rows in groupby(_applications(month), key=lambda row: row.account_id):
        if is_allowed(account_id, PURPOSE, now=now):
            hers: dict[tuple[str, str], str] = {}
            # One of her applications stands for her in each cell, the one whose id sorts first: another order would be another noise.
            for row in rows:
                for table in tables().values():
                    hers.setdefault((table.id, value_of[table.by](row)), row.id)
            for place, first in hers.items():
                cells[place].add(record_key(secret, first, table_id=place[0]))
    return cells


def _applications(month: str) -> Iterator[Any]:
    begins, ends = bounds(month)
    chosen = select(Application.account_id, Application.id, Application.service_id, Application.provider_id, Application.language)
    # `groupby` sees neighbours alone: in another order somebody would be counted once for each run of her rows.
    sent = chosen.where(Application.submitted_at >= begins, Application.submitted_at < ends)
    yield from db.session.execute(sent.order_by(Application.account_id, Application.id).execution_options(yield_per=CHUNK))


def _values() -> dict[By, Callable[[Any], str]]:
    """Return how an application tells the value of each dimension: only by what lies open beside it, never by what she wrote."""
    category_of = {service.id: service.category for service in catalogue().services.values()}
    return {
        "service": lambda row: row.service_id,
        "category": lambda row: category_of.get(row.service_id, ""),
        "provider": lambda row: row.provider_id,
        "language": lambda row: row.language,
    }


def list_months_to_release(*, now: datetime) -> list[str]:
    """Return the months that are over and not yet published, the oldest first."""
    # A month with nothing to show has its release too, so the newest tells where to go on.
    last = db.session.scalar(select(func.max(FigureRelease.month)))
    first_at = db.session.scalar(select(func.min(Application.submitted_at)))
    month = next_month(last) if last else month_of(first_at) if first_at else month_of(now)
    due: list[str] = []
    while month < month_of(now):
        due.append(month)
        month = next_month(month)
    return due


def list_releases() -> list[str]:
    """Return the published months, the newest first."""
    return list(db.session.scalars(select(FigureRelease.month).order_by(FigureRelease.month.desc())))


def list_cells(table_id: str, *, months: list[str]) -> dict[str, dict[str, int]]:
    """Return a table's numbers of some months: {month: {value: people}}."""
    found: dict[str, dict[str, int]] = {month: {} for month in months}
    chosen = select(FigureCell.month, FigureCell.value, FigureCell.people).where(FigureCell.table_id == table_id)
    for month, value, people in db.session.execute(chosen.where(FigureCell.month.in_(months)).order_by(FigureCell.value)):
        found[month][value] = people
    return found
