"""What somebody is told before she leaves, and what everybody may know of the vault."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Table, func, select

from msewa.applications.models import Application
from msewa.applications.references import show_reference
from msewa.applications.rules import OPEN, State
from msewa.catalogue.queries import catalogue
from msewa.catalogue.rules import Provider, Words
from msewa.closure.models import VaultMonth, VaultOpening
from msewa.closure.rules import Span
from msewa.extensions import Base, db
from msewa.holdings import Holding, holdings
from msewa.inventory.reading import inventory

OWNER_COLUMNS = ("account_id", "subject_id")


class Held(NamedTuple):
    """How many rows of one kind are held, in words."""

    section: str
    what: Words
    rows: int


@dataclass(frozen=True, slots=True)
class Keeper:
    """A provider that keeps what it was sent: the references of those applications; of those it has not finished, also the service."""

    provider: Provider
    references: tuple[str, ...]
    open: Mapping[str, Words]


class MonthRow(NamedTuple):
    """A month of the vault: its key's id, how many it holds, between when it must end, and when it did."""

    month: str
    key_id: str
    sealed: int
    not_before: datetime
    not_after: datetime
    destroyed_at: datetime | None

    @property
    def span(self) -> Span:
        """Between when the month's key must end."""
        return Span(self.not_before, self.not_after)


def count_held(account_id: str) -> list[Held]:
    """Return how many rows each section holds about her, in the inventory's words; empty ones are left out."""
    counted = [(holding, _count(holding, account_id)) for holding in holdings()]
    return [Held(holding.section, _words_for(holding), count) for holding, count in counted if count]


def sum_by_name(held: Iterable[Held]) -> list[Held]:
    """Return the same for a person: what bears one name as one line, under the first of its sections."""
    lines: dict[str, Held] = {}
    for one in held:
        first = lines.setdefault(one.what["en"], one._replace(rows=0))
        lines[one.what["en"]] = first._replace(rows=first.rows + one.rows)
    return list(lines.values())


def _count(holding: Holding, account_id: str) -> int:
    tables = [Base.metadata.tables[name] for name in holding.tables]
    owned = [table for table in tables if _owner(table) is not None]
    # The first table is the thing itself; the others are its parts.
    return sum(db.session.scalar(select(func.count()).select_from(table).where(_owner(table) == account_id)) or 0 for table in owned[:1])


def _owner(table: Table) -> ColumnElement[str] | None:
    if table.name == "account":
        return table.c.id
    return next((table.c[name] for name in OWNER_COLUMNS if name in table.c), None)


def _words_for(holding: Holding) -> Words:
    known = inventory()
    columns = [column for name in holding.tables for column in known.tables[name].personal]
    return known.categories[columns[0].category]


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
    columns = (VaultMonth.month, VaultMonth.key_id, VaultMonth.sealed, VaultMonth.not_before, VaultMonth.not_after, VaultMonth.destroyed_at)
    return [MonthRow(*row) for row in db.session.execute(select(*columns).order_by(VaultMonth.month))]


class Openings(NamedTuple):
    """The public count of lawful openings: how often, and how many bundles were opened in all."""

    times: int
    bundles: int


def count_openings() -> Openings:
    """Return the public count."""
    row = db.session.execute(select(func.count(), func.coalesce(func.sum(VaultOpening.opened), 0))).one()
    return Openings(row[0], int(row[1]))
