"""Reads that skip the session: typed alike on both databases, and honest about faults."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError

from msewa.extensions import db, is_writing, writing
from msewa.hot import HotRead
from msewa.outbox.models import OutboxItem

ITEM = OutboxItem.__table__.c
NOW = datetime(2026, 11, 23, 4, 5, 6, 789, tzinfo=UTC)
DUE = HotRead(select(ITEM.topic, ITEM.due_at, ITEM.lease_until, ITEM.fence).where(ITEM.due_at <= bindparam("now"), ITEM.state == "waiting"))


@pytest.fixture
def item(app: Flask) -> None:
    with app.app_context(), writing():
        row = {"topic": "t", "reference": "r", "state": "waiting", "created_at": NOW, "due_at": NOW, "fence": 3, "attempts": 0, "error": ""}
        db.session.add(OutboxItem(**row))
        db.session.commit()


def test_values_come_as_their_columns_give_them(app: Flask, item: None) -> None:
    with app.app_context():
        assert DUE.rows(now=NOW) == [("t", NOW, None, 3)]
        assert DUE.rows(now=datetime(2020, 1, 1, tzinfo=UTC)) == []


def test_a_moment_without_its_zone_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="zone"):
        DUE.rows(now=datetime(2026, 1, 1))  # noqa: DTZ001 - the fault under test


def test_a_fault_of_the_database_is_said_as_elsewhere_without_its_parameters(app: Flask) -> None:
    broken = HotRead(select(text("no_such_column")).select_from(OutboxItem.__table__).where(ITEM.topic == bindparam("topic")))

    with app.app_context(), pytest.raises(DBAPIError) as caught:
        broken.rows(topic="a-planted-value")

    assert "a-planted-value" not in str(caught.value)


def test_the_pool_gets_its_connection_back(app: Flask) -> None:
    with app.app_context():
        for _ in range(40):
            DUE.rows(now=NOW)
        assert db.engine.pool.checkedout() == 0


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_form_that_was_sent_leaves_no_writing_behind(app: Flask) -> None:
    app.test_client().post("/sign-in", data={"mobile": "x"})

    assert not is_writing()
