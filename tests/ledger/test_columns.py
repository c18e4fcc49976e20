"""Not one column of a ledger table can be changed in the database, and no row hidden there, without `ledger verify` naming it (P69)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Table, delete, func, insert, select, update

from msewa.extensions import db
from msewa.ledger.models import (
    LedgerCheckpoint,
    LedgerEntry,
    LedgerErased,
    LedgerLeaf,
    LedgerNode,
    LedgerPlace,
)
from msewa.ledger.operations import checkpoint, erase_entries
from msewa.ledger.rules import SubjectKey
from msewa.ledger.verifying import verify, verify_latest
from tests.ledger.breaking import unguard
from tests.ledger.conftest import NOW

pytestmark = pytest.mark.promise("P69")
LATER = NOW + timedelta(hours=2)
TABLES: tuple[Table, ...] = tuple(
    model.__table__ for model in (LedgerLeaf, LedgerEntry, LedgerPlace, LedgerNode, LedgerCheckpoint, LedgerErased)
)
NOT_WRITTEN = "Row {}: its number, person, moment or kind is not what the product wrote."
COLUMNS = [column for table in TABLES for column in table.columns]


def another(value: Any, *, column: Column[Any]) -> Any:
    """Return a value that fits the column and is not the one that stands there."""
    if column.name == "number":
        return (db.session.scalar(select(func.max(LedgerLeaf.number))) or 0) + 5
    match value:
        case bool():
            return not value
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case int():
            return value + 2**40
        case str() if column.name == "note":
            return value + "\n"
        case str():
            return "b" * len(value)
        case _:
            return value + timedelta(microseconds=1)


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_a_change_of_one_column_of_one_row_is_named(signed: list[int], her: SubjectKey, column: Column[Any]) -> None:
    if column.table is LedgerErased.__table__:
        erase_entries(her.id)
    assert list(verify(now=LATER)) == []
    unguard()
    [key] = column.table.primary_key.columns
    first = db.session.execute(select(key, column).order_by(key.desc()).offset(1).limit(1)).one()

    db.session.execute(update(column.table).where(key == first[0]).values({column: another(first[1], column=column)}))

    assert list(verify(now=LATER)) != []


def test_two_rows_that_changed_their_numbers_in_every_table_are_named(signed: list[int], her: SubjectKey) -> None:
    unguard()
    first, second = signed[2:4]
    aside = max(signed) + 99
    for old, new in ((first, aside), (second, first), (aside, second)):
        for table in (LedgerLeaf, LedgerEntry, LedgerPlace):
            db.session.execute(update(table).where(table.number == old).values(number=new))

    assert sorted(fault.partition(":")[0] for fault in verify(now=LATER)) == [f"Row {first}", f"Row {second}"]


def test_a_row_that_was_given_to_somebody_else_is_named(signed: list[int], him: SubjectKey) -> None:
    unguard()
    db.session.execute(update(LedgerEntry).where(LedgerEntry.number == signed[0]).values(subject_id=him.id))

    assert list(verify(now=LATER)) == list(verify_latest(100)) == [NOT_WRITTEN.format(signed[0])]


def test_a_row_that_was_hidden_as_if_it_were_erased_is_named(signed: list[int]) -> None:
    """Both databases let an entry go whose erasure is noted; nobody but the product can note one."""
    unguard()
    mark = db.session.scalar(select(LedgerEntry.mark).where(LedgerEntry.number == signed[0]))
    db.session.execute(insert(LedgerErased).values(number=signed[0], mark=mark))
    db.session.execute(delete(LedgerEntry).where(LedgerEntry.number == signed[0]))

    assert list(verify(now=LATER)) == [f"Row {signed[0]}: its entry is gone, and it was not the product that noted an erasure."]


def test_a_row_that_somebody_added_by_himself_is_named_though_it_was_signed_since(signed: list[int], her: SubjectKey) -> None:
    """A copy of a row of hers, as one makes it who has the database alone."""
    copied = db.session.execute(select(LedgerEntry.__table__).where(LedgerEntry.number == signed[0])).mappings().one()
    leaf = db.session.scalar(select(LedgerLeaf.leaf_hash).where(LedgerLeaf.number == signed[0]))
    number = max(signed) + 1
    db.session.execute(insert(LedgerLeaf).values(number=number, leaf_hash=leaf))
    db.session.execute(insert(LedgerEntry).values({**copied, "number": number}))

    checkpoint(NOW)

    assert list(verify(now=LATER)) == [NOT_WRITTEN.format(number)]
