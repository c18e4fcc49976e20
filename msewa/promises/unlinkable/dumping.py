"""Everything an installation holds outside its key ring: each row of each table as the database gives it, each file, each log line."""

import io
import logging
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, literal_column, select, table

# They have handlers of their own and pass nothing on.
APART = ("msewa",)
KEY_RING = "keyring.json"


@dataclass(slots=True)
class Dump:
    """What was found: rows by table, columns that refer to other tables, bytes by file, what was logged or printed; and our own routes."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    columns: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    references: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    log: str = ""
    routes: frozenset[str] = frozenset()

    @property
    def row_count(self) -> int:
        """How many rows there are in all."""
        return sum(len(rows) for rows in self.rows.values())


def dump_tables(connection: Connection) -> Dump:
    """Read every table there is, whether or not the product knows it."""
    found, looking = Dump(), inspect(connection)
    for name in sorted(looking.get_table_names()):
        found.columns[name] = {column["name"] for column in looking.get_columns(name)}
        found.references[name] = {key["referred_table"] for key in looking.get_foreign_keys(name)}
        rows = connection.execute(select(literal_column("*")).select_from(table(name))).mappings()
        found.rows[name] = [dict(row) for row in rows]
    return found


def dump_files(folder: Path) -> dict[str, bytes]:
    """Read every file but the key ring. No connection may be open: closing a database's file would drop SQLite's own locks on it."""
    # With the ring everything opens, by its nature: what is proved is of all that lies beside it.
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != KEY_RING)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def as_bytes(value: object) -> bytes:
    """Return a value of any column as bytes to search in."""
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else str(value).encode()


@contextmanager
def overheard() -> Generator[io.StringIO]:
    """Take down whatever is logged or printed meanwhile, in place of its usual way out."""
    heard = io.StringIO()
    listener = logging.StreamHandler(heard)
    loggers = [logging.getLogger(name) for name in (None, *APART)]
    before = [(logger, logger.handlers) for logger in loggers]
    for logger in loggers:
        logger.handlers = [listener]
    try:
        with redirect_stdout(heard), redirect_stderr(heard):
            yield heard
    finally:
        for logger, handlers in before:
            logger.handlers = handlers
