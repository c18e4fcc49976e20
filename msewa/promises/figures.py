"""Figures that show whether a promise holds at this moment, counted in the living tables and kept for a minute."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app
from flask_babel import LazyString, lazy_gettext
from sqlalchemy import exists, func, select

from msewa.applications.models import Application
from msewa.catalogue.queries import catalogue
from msewa.closure.queries import count_openings, list_months
from msewa.delivery.models import Package
from msewa.delivery.operations import ORPHAN
from msewa.extensions import db
from msewa.grievances.queries import count_overdue

_ = lazy_gettext
KEPT_FOR = timedelta(minutes=1)  # everybody may ask, and some counts go over a whole table


class Figure(NamedTuple):
    """A number with what it counts, and the clause that it speaks of."""

    id: str
    value: int
    label: LazyString
    clause: str
    icon: str


class _Counted(NamedTuple):
    id: str
    counted: Callable[[datetime], int]
    label: LazyString
    clause: str
    icon: str


def read(*, now: datetime) -> list[Figure]:
    """Return every figure, at most a minute old."""
    held: tuple[datetime, list[Figure]] | None = current_app.extensions.get("promise_figures")
    # Also where the clock was put back: figures of a later moment would stay until it comes again.
    if held is None or not timedelta() <= now - held[0] < KEPT_FOR:
        held = (now, [Figure(one.id, one.counted(now), one.label, one.clause, one.icon) for one in _COUNTED])
        current_app.extensions["promise_figures"] = held
    return held[1]


def count_without_basis(now: datetime) -> int:
    """Count packages that nobody asked for (P28): of or about no sent application, and not left by her to be finished."""
    about = func.coalesce(Package.concerns, Package.application_id)
    sent = exists().where(Application.id == about, Application.submitted_at.is_not(None))
    baseless = (~sent, Package.digest != ORPHAN)
    return db.session.scalar(select(func.count()).select_from(Package).where(*baseless)) or 0


def _count_stopped(now: datetime) -> int:
    return sum(not provider.is_registered for provider in catalogue().providers.values())


def _count_sealed(now: datetime) -> int:
    # Who was sealed to a destroyed key is gone, and no longer held.
    return sum(month.sealed for month in list_months() if month.destroyed_at is None)


def _count_ended(now: datetime) -> int:
    return sum(month.destroyed_at is not None for month in list_months())


def _count_opened(now: datetime) -> int:
    return count_openings().times


def _count_late(now: datetime) -> int:
    return count_overdue(now=now)


_COUNTED = (
    _Counted("without_basis", count_without_basis, _("sent without a ground"), "P28", "send"),
    _Counted("stopped", _count_stopped, _("offices stopped"), "P26", "office"),
    _Counted("sealed", _count_sealed, _("who left, sealed"), "P55", "lock"),
    _Counted("opened", _count_opened, _("seals opened by law"), "P56", "eye"),
    _Counted("ended", _count_ended, _("months erased from the vault"), "P57", "bin"),
    _Counted("late", _count_late, _("complaints waiting too long"), "P76", "chat"),
)
