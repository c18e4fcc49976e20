"""Tidying up what is over: however much there is of it, and one kind without the other."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select

from msewa.accounts.models import SignInSession, Throttle
from msewa.accounts.operations import visits
from msewa.accounts.operations.throttling import bucket_of, take_try
from msewa.accounts.rules import FORGET_TRIES_AFTER, LONGEST_VISIT, Visit
from msewa.extensions import db, writing
from msewa.outbox.models import OutboxItem
from tests.accounts.walking import Post
from tests.conftest import ClockHandle

# One more than PostgreSQL takes values in one statement.
VERY_MANY = 65_536


def ended_visit(*, now: datetime) -> dict[str, Any]:
    begun = now - timedelta(hours=3)
    moments = {"created_at": begun, "seen_at": begun, "ends_at": now - timedelta(hours=2)}
    return {"id": secrets.token_hex(16), "token_hash": secrets.token_bytes(32), "kind": Visit.ENROL, **moments}


@pytest.mark.parametrize("backend", ["postgres"])
def test_more_ended_visits_than_one_statement_takes_values_are_removed(app: Flask) -> None:
    moment = app.extensions["clock"].now()
    with app.app_context(), writing():
        db.session.execute(insert(SignInSession), [ended_visit(now=moment) for _ in range(VERY_MANY)])

        removed = visits.sweep(now=moment)

        assert removed == VERY_MANY
        assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 0
        db.session.rollback()


def test_old_tries_are_forgotten_though_visits_can_not_be_swept(app: Flask, post: Post, clock: ClockHandle) -> None:
    bucket = bucket_in(app, name="some number")
    with app.app_context(), writing():
        take_try(bucket, now=app.extensions["clock"].now())
        db.session.commit()
    clock.advance(days=FORGET_TRIES_AFTER.days)
    with app.app_context(), writing():
        visits.begin(Visit.ENROL, data={}, now=app.extensions["clock"].now())
        of_visits = OutboxItem.reference.contains(f"-{visits.VISITS}-")
        db.session.execute(delete(OutboxItem).where(OutboxItem.topic == visits.SWEEP, of_visits))
        db.session.commit()

    clock.advance(hours=LONGEST_VISIT.total_seconds() / 3600 + 2)
    post.work()

    with app.app_context():
        assert db.session.get(Throttle, bucket) is None


def bucket_in(app: Flask, *, name: str) -> bytes:
    with app.app_context():
        return bucket_of("password", name)
