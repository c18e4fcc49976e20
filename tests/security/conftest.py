"""A production installation, and how the attack tests look at answers."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from msewa import create_app, schema
from msewa.catalogue.operations import load_catalogue
from msewa.config import Settings
from msewa.crypto.keyring import KeyRing
from msewa.extensions import db, writing
from tests.applications.conftest import harjinder, offices, stranger
from tests.installation import CHEAPEST
from tests.strict_client import StrictClient

__all__ = ["harjinder", "offices", "stranger"]
PUBLIC_URL = "https://msewa.example.org"
PRODUCTION = {
    "MSEWA_MODE": "production",
    "MSEWA_PUBLIC_URL": PUBLIC_URL,
    "MSEWA_SMS_URL": "https://sms.example.org/send",
    "MSEWA_SMTP_URL": "smtps://mail.example.org",
    "MSEWA_CONTACT": "help@msewa.example.org",
    "MSEWA_RETENTION_YEARS": "3",
    "MSEWA_RETENTION_LATEST_YEARS": "5",
    "MSEWA_RETENTION_BASIS": "Example Act, section 7",
}


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application as it runs for real, on an embedded database with the catalogue."""
    folder = tmp_path_factory.mktemp("production")
    KeyRing.create(folder / "keyring.json", now=datetime.now(UTC), mode_demo=False)
    settings = Settings.from_environ(PRODUCTION | {"MSEWA_DATA": str(folder), "MSEWA_TRUSTED_HOPS": "1"})
    app = create_app(replace(settings, password_cost=CHEAPEST))
    with app.app_context():
        schema.bring_up()
        with writing():
            load_catalogue(now=datetime.now(UTC))
            db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def https(production: Flask) -> StrictClient:
    """A browser that reaches production through its one proxy, over TLS."""
    client = StrictClient.of(production)
    client.environ_base |= {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_HOST": "msewa.example.org"}
    return client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of data with a good key ring for production."""
    KeyRing.create(tmp_path / "keyring.json", now=datetime.now(UTC), mode_demo=False)
    return tmp_path


class Witness(logging.Handler):
    """Keeps every line that any logger writes."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record) + repr(record.args))


@pytest.fixture
def witness() -> Iterator[Witness]:
    loggers = [logging.getLogger(name) for name in (None, "msewa", "flask_wtf.csrf", "sqlalchemy.engine", "alembic")]
    handler = Witness()
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)
