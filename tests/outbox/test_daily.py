"""Daily work: every day once, whatever pauses and restarts there were."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.extensions import db, writing
from msewa.outbox import daily, worker
from msewa.outbox.models import OutboxItem
from tests.conftest import ClockHandle

TOPIC = "test.daily"


@pytest.fixture
def days(app: Flask) -> Iterator[list[datetime]]:
    """The moments at which the work was done."""
    done: list[datetime] = []
    before = {"daily": app.extensions["daily"], "outbox_handlers": dict(worker_handlers(app))}
    app.extensions["daily"] = []
    daily.every_day(app, TOPIC, lambda *, now: done.append(now))
    yield done
    app.extensions |= before


def worker_handlers(app: Flask) -> dict:
    return app.extensions["outbox_handlers"]


def begin(app: Flask, clock: ClockHandle) -> None:
    with app.app_context(), writing():
        daily.start(now=clock.now())
        db.session.commit()


def work(app: Flask, clock: ClockHandle) -> None:
    with app.app_context():
        worker.run_due(now=clock.now())


def test_it_comes_back_every_day(app: Flask, clock: ClockHandle, days: list[datetime]) -> None:
    begin(app, clock)

    for _ in range(5):
        work(app, clock)
        clock.advance(days=1)

    assert len(days) == 5


def test_after_a_pause_of_years_it_is_done_once(app: Flask, clock: ClockHandle, days: list[datetime]) -> None:
    begin(app, clock)
    work(app, clock)
    clock.advance(days=1100)

    work(app, clock)

    assert len(days) == 2


def test_many_restarts_on_one_day_leave_one_chain(app: Flask, clock: ClockHandle, days: list[datetime]) -> None:
    for _ in range(4):
        begin(app, clock)
        work(app, clock)

    with app.app_context():
        waiting = db.session.scalars(select(OutboxItem.due_at).filter_by(topic=TOPIC, state="waiting")).all()
    assert len(days) == 1
    assert len(waiting) == 1
    assert timedelta() < waiting[0] - clock.now() <= timedelta(days=1)


def test_work_that_fails_is_tried_again_and_goes_on(app: Flask, clock: ClockHandle, days: list[datetime]) -> None:
    faults = [ValueError("not today")]

    def act(*, now: datetime) -> None:
        if faults:
            raise faults.pop()
        days.append(now)

    daily.every_day(app, TOPIC, act)
    begin(app, clock)
    for _ in range(3):
        work(app, clock)
        clock.advance(days=1)

    assert len(days) == 2
