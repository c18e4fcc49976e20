"""What somebody is told before she leaves, and what everybody may know of the vault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Table, func, select, true

from msewa.applications.models import Application
from msewa.applications.references import show_reference
from msewa.applications.rules import OPEN, State
from msewa.catalogue.queries import catalogue
from msewa.catalogue.rules import Provider, Words
from msewa.closure.models import VaultExport, VaultMonth, VaultOpening
from msewa.closure.rules import LEAST_SHOWN, Span
from msewa.extensions import Base, db
from msewa.holdings import holdings

OWNER_COLUMNS = ("account_id", "subject_id")


class Held(NamedTuple):
    """How many rows of one table of a section are held about somebody."""

    section: str
    rows: int


@dataclass(frozen=True, slots=True)
class Keeper:
    """A provider that keeps what it was sent: the references of those applications; of those it has not finished, also the service."""

    provider: Provider
    references: tuple[str, ...]
    open: Mapping[str, Words]


class MonthRow(NamedTuple):
    """A month of the vault: its key's id, how many it holds, between when it must end, when it did, and on whose word."""

    month: str
    key_id: str
    sealed: int
    not_before: datetime
    not_after: datetime
    destroyed_at: datetime | None
    custodians: int | None
    burnt: int | None
    record: str | None
    exports_left: int

    @property
    def span(self) -> Span:
        """Between when the month's key must end."""
        return Span(self.not_before, self.not_after)

    def published(self, *, this_month: str) -> "PublicMonth":
        """Return what everybody may know of it."""
        number = self.month[5:]
        # The year comes from its moments and the month from its own name: the moments bear the days on which the first and the last one
        # left, and where one person left alone that is her day.
        kept_until, ends = f"{self.not_before.year}-{number}", f"{self.not_after.year}-{number}"
        sealed = self.sealed if self.sealed >= LEAST_SHOWN else None
        return PublicMonth(self, sealed, kept_until, ends, is_late=self.destroyed_at is None and ends < this_month)


class PublicMonth(NamedTuple):
    """A month of the vault as the public log tells it: months (2029-11) and no days, and no count of a few."""

    row: MonthRow
    sealed: int | None
    kept_until: str
    ends: str
    is_late: bool


def count_held(account_id: str) -> list[Held]:
    """Return how many rows each table holds about her that she may know of; those that name her only through another are not counted."""
    owned = [(holding, Base.metadata.tables[name]) for holding in holdings() for name in holding.tables]
    return [
        Held(
            holding.section,
            db.session.scalar(select(func.count()).select_from(table).where(owner == account_id, holding.told.get(table.name, true())))
            or 0,
        )
        for holding, table in owned
        if (owner := _owner(table)) is not None
    ]


def _owner(table: Table) -> ColumnElement[str] | None:
    if table.name == "account":
        return table.c.id
    return next((table.c[name] for name in OWNER_COLUMNS if name in table.c), None)


def list_keepers(account_id: str) -> list[Keeper]:
    """Return every provider that has something of hers, with what it has."""
    columns = (Application.provider_id, Application.reference, Application.service_id, Application.state)
    sent = select(*columns).where(Application.account_id == account_id, Application.state != State.DRAFT)
    rows = db.session.execute(sent.order_by(Application.provider_id, Application.created_at))
    return [_keeper(provider_id, list(its)) for provider_id, its in groupby(rows, key=lambda row: row.provider_id)]


def _keeper(provider_id: str, rows: list[Row[str, str, str, str]]) -> Keeper:
    known = catalogue()
    unfinished = {show_reference(row.reference): known.services[row.service_id].name for row in rows if row.state in OPEN}
    return Keeper(known.providers[provider_id], tuple(show_reference(row.reference) for row in rows), unfinished)


def list_months() -> Sequence[MonthRow]:
    """Return every month that holds or held sealed bundles, the oldest first."""
    return [MonthRow(*row) for row in db.session.execute(_months().order_by(VaultMonth.month))]


def find_month(month: str) -> MonthRow | None:
    """Return a month of the vault; None when nothing was sealed in it."""
    row = db.session.execute(_months().where(VaultMonth.month == month)).first()
    return MonthRow(*row) if row else None


def _months() -> Select[*tuple[Any, ...]]:
    sealed = (VaultMonth.month, VaultMonth.key_id, VaultMonth.sealed, VaultMonth.not_before, VaultMonth.not_after)
    ended = (VaultMonth.destroyed_at, VaultMonth.custodians, VaultMonth.burnt, VaultMonth.record)
    left = select(func.count()).where(VaultExport.month == VaultMonth.month, VaultExport.erased_at.is_(None))
    return select(*sealed, *ended, left.scalar_subquery())


class Openings(NamedTuple):
    """The public count of lawful openings: how often, and how many bundles were opened in all."""

    times: int
    bundles: int


def count_openings() -> Openings:
    """Return the public count."""
    row = db.session.execute(select(func.count(), func.coalesce(func.sum(VaultOpening.opened), 0))).one()
    return Openings(row[0], int(row[1]))
