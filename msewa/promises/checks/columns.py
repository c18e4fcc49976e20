"""Columns: what the inventory calls personal is closed wherever it lies."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column as DbColumn
from sqlalchemy import Connection, LargeBinary, String, Table, Text, select, text

from msewa.crypto.envelope import EnvelopeError, key_id_of
from msewa.extensions import Base, db
from msewa.inventory.reading import Column, inventory
from msewa.promises.checks.sampling import some
from msewa.web.keys import key_ring

SAMPLE = 50
# Not the archive: who serves may write there and not read (P54). Security events are sealed to a key that is not here.
PLANES = ("account", "access", "operation")
# Empty where there is nothing: somebody who put back an address has no password until she chooses one.
MAY_BE_EMPTY = {"account.password"}
COMPACT_JWE = re.compile(r"[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+")


def find_open_columns(now: datetime) -> list[str]:
    """Look at some rows of every personal column that holds more than a date or a word: each is an envelope, a hash or a package."""
    return [f"{column.table}.{column.name}: something lies there in the open." for column in _closed_ones() if not _is_closed(column)]


def find_open_file(now: datetime) -> list[str]:
    """Ask the embedded database whether its file is encrypted; on PostgreSQL that is the disk's part, and not seen from here."""
    return [] if is_encrypted(db.session.connection()) else ["The database's file is not encrypted."]


def is_encrypted(connection: Connection) -> bool:
    """Whether an embedded database's file is encrypted; True for every other database."""
    return connection.dialect.name != "sqlite" or connection.scalar(text("pragma cipher_status")) == "1"


def _closed_ones() -> list[Column]:
    return [column for column in inventory().personal(planes=PLANES) if _holds_more(_column(column))]


def _column(column: Column) -> DbColumn[Any]:
    table: Table = Base.metadata.tables[column.table]
    return table.columns[column.name]


def _holds_more(column: DbColumn[Any]) -> bool:
    # Of fixed length are keyed marks and digests.
    return isinstance(column.type, Text) or (isinstance(column.type, LargeBinary) and column.type.length is None)


def _is_closed(column: Column) -> bool:
    return all(_is_package(value) if isinstance(value, str) else _is_envelope(bytes(value)) for value in _some(_column(column)))


def _some(kept: DbColumn[Any]) -> Iterator[str | bytes]:
    """Yield some values: other ones each day where ids are random, the newest where they are numbers."""
    key = next(iter(kept.table.primary_key))
    chosen = select(kept).where(kept.is_not(None))
    if str(kept) in MAY_BE_EMPTY:
        chosen = chosen.where(kept != b"")
    if isinstance(key.type, String):
        yield from (row[0] for row in some(chosen, by=key, most=SAMPLE))
    else:
        yield from db.session.scalars(chosen.order_by(key.desc()).limit(SAMPLE))


def _is_package(value: str) -> bool:
    return COMPACT_JWE.fullmatch(value) is not None


def _is_envelope(blob: bytes) -> bool:
    """Whether it begins as an envelope of this suite, or as a hash under a pepper that we know."""
    if blob[:1] == b"\x01" and blob[1:9].hex() in {entry.key.id for entry in key_ring().entries}:
        return True
    try:
        key_id_of(blob)
    except EnvelopeError:
        return False
    return True
