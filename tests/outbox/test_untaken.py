"""Whoever is on duty learns that no worker takes what is due, and is not called for work that a worker is at."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from msewa.extensions import db, writing
from msewa.outbox import untaken, worker
from msewa.outbox.operations import TryLaterError, lease_next, put
from msewa.outbox.rules import LATE
from msewa.outbox.untaken import is_all_taken, list_untaken
from tests.conftest import ClockHandle
from tests.strict_client import StrictClient

SECOND = timedelta(seconds=1)


@pytest.fixture
def room(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setitem(app.extensions, "outbox_handlers", {})
    monkeypatch.setitem(app.extensions, "untaken_seen", {})
    with app.app_context():
        yield app


def put_in(clock: ClockHandle, *references: str, due_in: timedelta = timedelta()) -> None:
    with writing():
        for reference in references:
            put("t.test", reference, now=clock.now(), due_at=clock.now() + due_in)
        db.session.commit()


def told(clock: ClockHandle) -> list[tuple[str, int]]:
    found = [(one.topic, one.waiting) for one in list_untaken(now=clock.now())]
    db.session.rollback()
    return found


@pytest.mark.usefixtures("room")
def test_work_is_left_when_it_was_due_for_five_minutes_and_nobody_took_it(clock: ClockHandle) -> None:
    put_in(clock, "a", "b")
    put_in(clock, "c", due_in=timedelta(hours=1))

    clock.advance(seconds=LATE.total_seconds() - 1)
    soon = told(clock)
    clock.advance(seconds=1)

    assert (soon, told(clock)) == ([], [("t.test", 2)])


@pytest.mark.usefixtures("room")
def test_a_long_queue_that_a_worker_is_at_is_not_left(clock: ClockHandle) -> None:
    put_in(clock, "a", "b", "c")
    clock.advance(hours=2)

    lease_next(now=clock.now())
    while_at_it = told(clock)
    clock.advance(minutes=5)

    assert (while_at_it, told(clock)) == ([], [("t.test", 3)]), "a worker that died held it for its lease"


def test_work_that_fails_at_the_other_end_is_not_left(room: Flask, clock: ClockHandle) -> None:
    def refuse(reference: str, *, now: object) -> None:
        raise TryLaterError

    worker.handle(room, "t.test", refuse)
    put_in(clock, "a")
    for _ in range(9):
        worker.run_due(now=clock.now())
        clock.advance(minutes=4)
        worker.run_due(now=clock.now())

    assert told(clock) == []


def test_a_process_is_not_ready_once_the_same_work_lay_there_for_a_minute(
    room: Flask, clock: ClockHandle, client: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    put_in(clock, "a")
    clock.advance(hours=2)

    just_begun = client.get("/health/ready").get_json()
    monkeypatch.setattr(untaken, "SEEN_SECONDS", 0.0)
    red = client.get("/health/ready")
    worker.handle(room, "t.test", lambda reference, *, now: done.append(reference))
    worker.run_due(now=clock.now())

    assert "work" not in just_begun
    assert (red.status_code, red.get_json()) == (503, ["work"])
    assert "work" not in client.get("/health/ready").get_json()


@pytest.mark.usefixtures("room")
def test_a_queue_that_gets_shorter_between_two_looks_is_worked_at(clock: ClockHandle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untaken, "SEEN_SECONDS", 0.2)
    put_in(clock, "a")
    clock.advance(seconds=1)
    put_in(clock, "b")
    clock.advance(hours=1)

    is_all_taken(now=clock.now())
    time.sleep(0.25)
    lease = lease_next(now=clock.now() - LATE)
    assert lease
    worker.perform(lease, handlers={"t.test": lambda reference, *, now: None}, now=clock.now())
    at_first = is_all_taken(now=clock.now())
    time.sleep(0.25)

    assert (at_first, is_all_taken(now=clock.now())) == (True, False)
