"""One installation of the product for tests: settings, database, catalogue; emptied of people between tests."""

import os
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import delete

from msewa import create_app, schema
from msewa.config import Settings
from msewa.crypto.passwords import Argon2Cost
from msewa.extensions import Base, db, writing
from msewa.ledger.operations import forget_entries

ROOT = Path(__file__).resolve().parent.parent
CHEAPEST = Argon2Cost(memory_kib=19456, iterations=2, lanes=1)  # the enforced floor
STAYS = ("catalogue_", "provider_key", "sandbox_key", "alembic_version")


@dataclass
class Installation:
    """An application on one database, and the folder of its data."""

    app: Flask
    folder: Path
    database: str | None

    @classmethod
    def make(cls, backend: str, *, folder: Path) -> "Installation":
        """Install on `backend` ("sqlite" or "postgres"): migrate and load the catalogue."""
        database = new_database() if backend == "postgres" else None
        settings = Settings(mode="demo", data=folder, database_url=database, password_cost=CHEAPEST)
        app = create_app(settings)
        app.testing = False
        with app.app_context():
            schema.bring_up()
            from msewa.catalogue.operations import load_catalogue

            with writing():
                load_catalogue(now=app.extensions["clock"].now())
                db.session.commit()
        return cls(app, folder, database)

    def empty(self) -> None:
        """Remove everybody and everything they did; the catalogue stays, the clock tells the real time."""
        self.app.extensions["clock"].reset()
        with self.app.app_context(), writing():
            forget_entries()
            for table in reversed(Base.metadata.sorted_tables):
                if not table.name.startswith(STAYS) and not table.info.get("append_only"):
                    db.session.execute(delete(table))
            db.session.commit()

    def close(self) -> None:
        """Close the database's connections."""
        with self.app.app_context():
            db.engine.dispose()


def raw_bytes(path: Path) -> bytes:
    """Read a file of a living installation, in a process of its own.

    Opening and closing a database's file beside SQLite drops SQLite's own locks on it (POSIX locks belong to the process), and another
    process then takes itself for the only one and removes the log that this one still writes.
    """
    return subprocess.run(["/bin/cat", str(path)], capture_output=True, check=True).stdout


def new_database() -> str:
    """Make an empty database on the server of this test run, and return its address."""
    server = os.environ["MSEWA_TEST_POSTGRES"]
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    return server.replace("/postgres?", f"/{name}?", 1)
