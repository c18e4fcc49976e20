"""Runs the migrations with the application's own engine."""

from typing import Any

from alembic import context
from flask import current_app

from msewa.extensions import Base, db, writing


def run() -> None:
    """Migrate in one transaction, in batch mode where SQLite needs it."""
    with writing(), db.engine.connect() as connection:
        options: dict[str, Any] = current_app.extensions["migrate"].configure_args
        context.configure(connection=connection, target_metadata=Base.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
