"""The extensions, made here and bound to the application in create_app."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask import Flask, request
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from htmx_flask import Htmx
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python on both databases, though SQLite stores no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("moments carry their zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """Give moments back aware; in one step, for lists read many."""
        read = self.impl_instance.result_processor(dialect, coltype) or _as_it_is

        def aware(value: Any) -> datetime | None:
            moment = read(value)
            return moment if moment is None or moment.tzinfo is not None else moment.replace(tzinfo=UTC)

        return aware


def _as_it_is(value: Any) -> Any:
    return value


# SQLite numbers only INTEGER primary keys by itself.
Sequence = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[type, TypeDecorator[datetime]]] = {datetime: Moment()}


class VisitManager(LoginManager):
    """Flask-Login, asking the one loader we have: it would look for cookies we never set, and hash address and agent, in every request."""

    def init_app(self, app: Flask, add_context_processor: bool = True) -> None:
        """Be the application's login manager."""
        app.login_manager = self  # pyright: ignore[reportAttributeAccessIssue] - where Flask-Login looks for it

    def _load_user(self) -> None:
        load = self._request_callback
        self._update_request_context_with_user(load(request) if load else None)


db = SQLAlchemy(metadata=Base.metadata)
login_manager = VisitManager()
babel = Babel()
htmx = Htmx()

_writing: ContextVar[bool] = ContextVar("writing", default=False)


def is_writing() -> bool:
    """Whether transactions begun now will write; SQLite then takes its write lock at once."""
    return _writing.get()


def set_writing(value: bool) -> None:
    """Say for the rest of this request whether it writes."""
    _writing.set(value)


@contextmanager
def writing() -> Generator[None]:
    """Begin transactions inside as writing ones: SQLite can't upgrade a read whose snapshot is old (SQLITE_BUSY)."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)
