"""Visiting in tests: a counter that is written down when the test says so."""

import shutil

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.extensions import Base, db
from msewa.visits import security
from msewa.visits.counting import VisitCounter
from msewa.visits.recording import flush
from msewa.visits.register import metrics
from msewa.visits.security import Notes

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:149.0) Gecko/20100101 Firefox/149.0"
TABLES = ("visit_pages", "visit_languages", "visit_browsers", "visit_systems", "visit_pace")


@pytest.fixture(autouse=True)
def afresh(request: pytest.FixtureRequest) -> None:
    """Begin with nothing counted: other tests have visited this application too."""
    if "app" in request.fixturenames:
        app: Flask = request.getfixturevalue("app")
        app.extensions |= {"visits": VisitCounter(metrics()), "security_notes": Notes()}
        # A reset of the sandbox makes this month's key, as a first start does.
        shutil.rmtree(app.extensions["settings"].data / security.FOLDER, ignore_errors=True)


def written(app: Flask, *, closing: bool = False) -> dict[str, list[tuple]]:
    """Write down what may be written; return every row of the tables of visits."""
    flush(app, closing=closing)
    with app.app_context():
        return {name: [tuple(row) for row in db.session.execute(select(Base.metadata.tables[name]))] for name in TABLES}
