"""Work after the commit: once, leased, fenced, tried again for 30 days, never dropped (F02, F08, F18)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select, text

from msewa.delivery.gateway import NotAcceptedError
from msewa.egress import EgressError
from msewa.extensions import db, writing
from msewa.notifications.gateway import NotTakenError
from msewa.outbox import operations, worker
from msewa.outbox.models import OutboxItem
from msewa.outbox.operations import Errand, TryLaterError, lease_next, perform, put
from msewa.outbox.queries import count_attention, count_leased, find_progress
from msewa.outbox.rules import GIVE_UP_AFTER, LEASE, LONGEST

NOW = datetime(2026, 10, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def room(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def put_in(topic: str, *references: str, now: datetime = NOW) -> None:
    with writing():
        for reference in references:
            put(topic, reference, now=now)
        db.session.commit()


def fail(reference: str, *, now: datetime) -> None:
    raise TryLaterError


def state_of(reference: str, topic: str = "t.test") -> str:
    progress = find_progress(topic, reference)
    db.session.rollback()
    return progress.state if progress else ""


def test_the_same_work_put_twice_is_done_once(room: Flask) -> None:
    done = []
    worker.handle(room, "t.test", lambda reference, *, now: done.append(reference))
    put_in("t.test", "a", "a")
    put_in("t.test", "a")

    tried = worker.run_due(now=NOW)
    put_in("t.test", "a")
    worker.run_due(now=NOW + timedelta(days=1))

    assert (tried, done) == (1, ["a"])


def test_work_of_a_transaction_that_was_rolled_back_never_happens(room: Flask) -> None:
    with writing():
        put("t.test", "a", now=NOW)
        db.session.rollback()

    assert lease_next(now=NOW) is None


def test_leased_work_is_nobody_elses_until_the_lease_ends(room: Flask) -> None:
    put_in("t.test", "a")

    first = lease_next(now=NOW)
    meanwhile = lease_next(now=NOW + LEASE - timedelta(seconds=1))
    held = count_leased(now=NOW)
    second = lease_next(now=NOW + LEASE)

    assert first
    assert second
    assert (meanwhile, held) == (None, 1)
    assert (second.id, second.fence) == (first.id, first.fence + 1)


def test_a_late_finisher_is_refused_by_its_fence_and_leaves_no_trace(room: Flask) -> None:
    put_in("t.test", "a")
    slow = lease_next(now=NOW)
    quick = lease_next(now=NOW + LEASE)
    assert slow
    assert quick
    handlers = {"t.test": lambda reference, *, now: put("t.effect", reference, now=now)}

    finished_late = perform(slow, handlers=handlers, now=NOW + LEASE)
    effects_of_the_late = state_of("a", "t.effect")
    finished = perform(quick, handlers=handlers, now=NOW + LEASE)

    assert (finished_late, effects_of_the_late) == (False, "")
    assert (finished, state_of("a"), state_of("a", "t.effect")) == (True, "done", "waiting")


def test_a_failure_of_the_late_does_not_undo_what_the_second_worker_finished(room: Flask) -> None:
    put_in("t.test", "a")
    slow = lease_next(now=NOW)
    quick = lease_next(now=NOW + LEASE)
    assert slow
    assert quick
    perform(quick, handlers={"t.test": lambda reference, *, now: None}, now=NOW + LEASE)

    perform(slow, handlers={"t.test": fail}, now=NOW + LEASE)

    assert state_of("a") == "done"


def test_the_pause_after_a_failure_doubles_and_is_capped(room: Flask) -> None:
    worker.handle(room, "t.test", fail)
    put_in("t.test", "a")
    now, pauses = NOW, []

    for _ in range(12):
        worker.run_due(now=now)
        due_at = find_progress("t.test", "a").due_at
        pauses.append(due_at - now)
        now = due_at

    assert timedelta(minutes=1) <= pauses[0] <= timedelta(minutes=1.1)
    assert all(later >= 1.7 * earlier for earlier, later in pairwise(pauses[:8]))
    assert LONGEST <= pauses[-1] <= 1.1 * LONGEST


def test_after_thirty_days_of_failure_work_needs_attention_and_can_be_revived(room: Flask) -> None:
    worker.handle(room, "t.test", fail)
    put_in("t.test", "a")
    now, last = NOW, NOW

    while find_progress("t.test", "a").state == "waiting":
        last, now = now, find_progress("t.test", "a").due_at
        worker.run_due(now=now)
    tried_again = worker.run_due(now=now + timedelta(days=9))
    waiting = count_attention()
    with writing():
        revived = operations.revive(now=now)
        db.session.commit()

    assert last - NOW < GIVE_UP_AFTER <= now - NOW < GIVE_UP_AFTER + timedelta(hours=7)
    assert (tried_again, waiting, revived, state_of("a")) == (0, 1, 1, "waiting")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (EgressError("ConnectionRefusedError 111"), "EgressError: ConnectionRefusedError 111"),
        (NotAcceptedError(503), "NotAcceptedError: 503"),
        (NotTakenError(429), "NotTakenError: 429"),
        (ValueError("+916280014799"), "ValueError"),
    ],
    ids=["way", "office", "courier", "other"],
)
def test_the_log_says_why_the_outside_took_nothing_and_of_other_faults_the_kind_alone(
    room: Flask, trouble: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(reference: str, *, now: datetime) -> None:
        raise trouble

    worker.handle(room, "t.test", refuse)
    put_in("t.test", "a")
    worker.run_due(now=NOW)

    (line,) = [json.loads(message) for message in caplog.messages if "work_failed" in message]
    kept = db.session.scalar(select(OutboxItem.error).filter_by(topic="t.test", reference="a"))
    assert (line["error"], kept) == (said, said)


def test_work_of_an_unknown_topic_waits_for_its_handler(room: Flask) -> None:
    put_in("t.later", "a")
    worker.run_due(now=NOW)

    done = []
    worker.handle(room, "t.later", lambda reference, *, now: done.append(reference))
    worker.run_due(now=NOW + timedelta(hours=1))

    assert done == ["a"]


def test_a_failing_piece_does_not_hold_up_the_others(room: Flask) -> None:
    done = []

    def handler(reference: str, *, now: datetime) -> None:
        if reference == "bad":
            raise TryLaterError
        done.append(reference)

    worker.handle(room, "t.test", handler)
    put_in("t.test", "bad", "good", "better")

    worker.run_due(now=NOW)

    assert done == ["good", "better"]


def test_hastened_work_is_done_at_once_and_in_the_order_it_came(room: Flask) -> None:
    worker.handle(room, "t.test", fail)
    for minute, reference in enumerate("abc"):
        put_in("t.test", reference, now=NOW + timedelta(minutes=minute))
    later = NOW + timedelta(minutes=10)
    worker.run_due(now=later)
    done = []
    worker.handle(room, "t.test", lambda reference, *, now: done.append(reference))

    before = worker.run_due(now=later)
    with writing():
        operations.hasten("t.test", ["c", "a", "b"])
        db.session.commit()
    worker.run_due(now=later)

    assert (before, done) == (0, ["a", "b", "c"])


def test_dropped_work_is_not_done(room: Flask) -> None:
    put_in("t.test", "a")

    with writing():
        operations.drop("t.test", "a")
        operations.drop("t.test", "never put")
        db.session.commit()

    assert lease_next(now=NOW) is None


def test_an_errand_speaks_with_no_transaction_open(room: Flask) -> None:
    def write_beside(parcel: str) -> str:
        with db.engine.connect() as other:
            other.exec_driver_sql("select 1")
            other.rollback()
        assert not db.session().in_transaction()
        with writing(), db.engine.connect() as other:
            other.execute(text("update outbox_item set error = 'seen meanwhile'"))
            other.commit()
        return parcel.upper()

    noted = []
    errand = Errand(
        pack=lambda reference, *, now: reference if db.session.scalar(select(OutboxItem.id)) else None,
        call=write_beside,
        note=lambda reference, outcome, *, now: noted.append((reference, outcome)),
    )
    worker.handle(room, "t.test", errand)
    put_in("t.test", "a")

    worker.run_due(now=NOW)

    assert noted == [("a", "A")]
    assert state_of("a") == "done"


def test_an_errand_with_nothing_to_say_says_nothing(room: Flask) -> None:
    said, noted = [], []
    errand = Errand(
        pack=lambda reference, *, now: None,
        call=said.append,
        note=lambda reference, outcome, *, now: noted.append(outcome),
    )
    worker.handle(room, "t.test", errand)
    put_in("t.test", "a")

    worker.run_due(now=NOW)

    assert (said, noted, state_of("a")) == ([], [None], "done")


def test_what_an_errand_could_not_note_is_said_again(room: Flask) -> None:
    said = []

    def note(reference: str, outcome: None, *, now: datetime) -> None:
        put("t.effect", reference, now=now)
        if len(said) == 1:
            raise TryLaterError

    worker.handle(room, "t.test", Errand(pack=lambda reference, *, now: reference, call=said.append, note=note))
    put_in("t.test", "a")

    worker.run_due(now=NOW)
    after_the_first = state_of("a", "t.effect")
    worker.run_due(now=NOW + timedelta(hours=1))

    assert (after_the_first, said, state_of("a")) == ("", ["a", "a"], "done")


def test_work_that_was_put_off_is_tried_for_as_long_as_any_other(room: Flask) -> None:
    worker.handle(room, "t.test", fail)
    due_at = NOW + GIVE_UP_AFTER
    with writing():
        put("t.test", "a", now=NOW, due_at=due_at)
        db.session.commit()

    worker.run_next(now=due_at)
    first = state_of("a")
    worker.run_next(now=due_at + GIVE_UP_AFTER)

    assert (first, state_of("a")) == ("waiting", "attention")
