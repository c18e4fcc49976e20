"""Hot reads: a statement compiled once, asked on a pooled connection without a session or a transaction of its own.

What surrounds a query in SQLAlchemy's session (unit of work, begin, rollback, result machinery) costs ten times the query. The two or three
reads that nearly every page makes go this way; they see what is committed, so nothing that was changed in the same request is asked here.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Select
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import DBAPIError

from msewa.extensions import db

Processor = Callable[[Any], Any]
_kept: ContextVar[list[Any] | None] = ContextVar("kept", default=None)


class HotRead:
    """A select with named parameters, for one pass over its rows."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows as plain tuples, each value as its column's type gives it."""
        engine = db.engine
        compiled = self._compiled.get(engine.dialect.name)
        if compiled is None:
            compiled = self._compiled[engine.dialect.name] = _Compiled(self._statement, engine.dialect)
        return compiled.read(_ask(engine, compiled.text, compiled.bind(values)))


@contextmanager
def together() -> Generator[None]:
    """Ask all hot reads inside on one connection: to fetch one from the pool and give it back costs as much as a small question."""
    kept: list[Any] = []
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)
        for connection in kept:
            connection.close()


def _ask(engine: Engine, text: str, parameters: Any) -> list[tuple[Any, ...]]:
    """Fetch the rows; the driver's errors become SQLAlchemy's, and a dead connection leaves the pool."""
    dialect, kept = engine.dialect, _kept.get()
    connection: Any = kept[0] if kept else None
    try:
        connection = connection or engine.raw_connection()  # with the database away, even this is the driver's own error
        if kept is not None and not kept:
            kept.append(connection)
        cursor = connection.cursor()
        cursor.execute(text, parameters)
        return cursor.fetchall()
    except dialect.loaded_dbapi.Error as fault:
        if connection is not None and dialect.is_disconnect(fault, connection.dbapi_connection, None):
            connection.invalidate(fault)
        raise DBAPIError.instance(text, None, fault, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect) from fault
    finally:
        if connection is not None and kept is None:
            connection.close()


class _Compiled:
    """A statement in one database's words, with what its values go through on their way in and out."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.text = str(compiled)
        self._fixed = compiled.params
        self._names: list[str] | None = list(compiled.positiontup) if compiled.positional else None
        self._binders: dict[str, Processor] = {
            name: binder for name, bind in compiled.binds.items() if (binder := bind.type.dialect_impl(dialect).bind_processor(dialect))
        }
        columns = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.selected_columns]
        self._readers = [(place, reader) for place, reader in enumerate(columns) if reader]

    def bind(self, values: dict[str, Any]) -> Any:
        """Return the parameters as the driver wants them: by place or by name."""
        given = {**self._fixed, **values}
        for name, binder in self._binders.items():
            given[name] = binder(given[name])
        return given if self._names is None else tuple(given[name] for name in self._names)

    def read(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Give each value its type."""
        if not found or not self._readers:
            return found
        columns: list[Iterable[Any]] = list(zip(*found, strict=True))
        for place, reader in self._readers:
            columns[place] = map(reader, columns[place])
        return list(zip(*columns, strict=True))
