"""The tables' versions. Flask-Migrate is loaded only where tables change: it brings six megabytes along, which no serving process needs."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import func, select

from msewa.extensions import db

MIGRATIONS = str(Path(__file__).resolve().parent.parent / "migrations")
NEWEST = "head"
LOCK = 0x736368656D61  # any number of our own, for PostgreSQL's advisory locks


def bind(app: Flask) -> None:
    """Let `flask db` and the migrations themselves know the application's database."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=MIGRATIONS, render_as_batch=True)


@contextmanager
def alone() -> Generator[None]:
    """Let no other process make this database ready meanwhile: on PostgreSQL it waits here. SQLite's one writer does the same by itself."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        # Held by this connection's transaction, and so let go by whatever ends it.
        yield


def bring_up(*, revision: str = NEWEST) -> None:
    """Bring the current application's tables up to a revision; what is there already stays as it is."""
    from flask_migrate import upgrade

    bind(current_app)
    upgrade(revision=revision)
