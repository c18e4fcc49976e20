"""Looking changes nothing: every address is read by every kind of reader, and the database is the same afterwards."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.extensions import Base, db
from tests.applications.conftest import Applicant
from tests.security.attacks import filled, routes
from tests.security.test_access import OPEN, _things_of

# When she was last seen, what a review page showed (so that exactly this can be sent), and a new secret that waits to be confirmed.
MAY_MOVE = {("sign_in_session", "seen_at"), ("sign_in_session", "sealed")}
MAY_GROW = {"application_review"}


def contents(app: Flask) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table but for what reading may touch."""
    with app.app_context():
        return {
            table.name: sorted(
                (
                    {column.name: str(value) for column, value in zip(table.columns, row, strict=True) if not _may_move(column)}
                    for row in rows
                ),
                key=str,
            )
            for table in Base.metadata.sorted_tables
            if table.name not in MAY_GROW
            for rows in [db.session.execute(select(table)).all()]
        }


def _may_move(column: Any) -> bool:
    return (column.table.name, column.name) in MAY_MOVE


@pytest.mark.promise("P68")
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_no_reading_changes_what_is_kept(harjinder: Applicant, stranger: Applicant, method: str) -> None:
    values = OPEN | _things_of(harjinder)
    visitor = harjinder.app.test_client()
    for browser in (stranger.client, harjinder.client):
        browser.get("/privacy/looks")  # who reads her own ledger is noted in it once a day
    before = contents(harjinder.app)

    answers = [
        browser.open(filled(rule.rule, values), method=method).status_code
        for rule in routes(harjinder.app)
        for browser in (visitor, stranger.client, harjinder.client)
    ]

    after = contents(harjinder.app)
    assert {name for name in before if before[name] != after[name]} == set()
    assert max(answers) < 500
