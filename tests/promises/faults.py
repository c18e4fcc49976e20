"""Rows for the tests of self-check, straight into the tables."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask

from msewa.delivery.models import Package
from msewa.extensions import db, writing

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def write(app: Flask, *rows: Any, statement: Any = None) -> None:
    """Add rows, carry a statement out, and commit."""
    with app.app_context(), writing():
        db.session.add_all(rows)
        if statement is not None:
            db.session.execute(statement)
        db.session.commit()


def package(**facts: Any) -> Package:
    """Return a closed package beside no application."""
    closed = "eyJh.eyJi.eyJj.eyJk.eyJl"
    known = {"application_id": "a" * 32, "provider_id": "x", "jwe": closed, "digest": "0" * 64, "created_at": LONG_AGO}
    return Package(**(known | facts))
