"""Messages are sealed on their way, sent once their transaction is over, and forgotten when they are sent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from msewa.extensions import db, writing
from msewa.notifications.gateway import NotTakenError, RefusedError
from msewa.notifications.models import Message
from msewa.notifications.operations import TOPIC, send
from msewa.notifications.queries import list_messages
from msewa.notifications.suppressing import drop
from msewa.outbox import worker
from msewa.outbox.queries import find_progress
from tests.notifications.conftest import RecordingCourier

NOW = datetime(2026, 10, 2, 9, 30, tzinfo=UTC)
TO = "+916280014799"


@pytest.fixture
def room(app: Flask) -> Iterator[Flask]:
    courier = app.extensions["courier"]
    with app.app_context():
        yield app
    app.extensions["courier"] = courier


@pytest.fixture
def courier(room: Flask) -> RecordingCourier:
    room.extensions["courier"] = RecordingCourier()
    return room.extensions["courier"]


def send_code(*, account_id: str | None = None, now: datetime = NOW) -> str:
    with writing():
        message_id = send("code_register", to=TO, channel="sms", language="pa", values={"code": "482913"}, now=now, account_id=account_id)
        db.session.commit()
    return message_id


def test_a_message_reaches_its_person_in_her_language_with_its_code_told_apart(courier: RecordingCourier) -> None:
    message_id = send_code()

    worker.run_due(now=NOW + timedelta(minutes=1))
    (letter,) = courier.letters

    assert (letter.id, letter.to, letter.channel, letter.language) == (message_id, TO, "sms", "pa")
    assert letter.codes == {"otp": "482913"}
    assert "482913" in letter.text
    assert "ਕੋਡ" in letter.text


@pytest.mark.promise("P70")
def test_a_waiting_message_is_sealed_and_a_sent_one_is_empty(courier: RecordingCourier) -> None:
    message_id = send_code()
    message = db.session.get_one(Message, message_id)
    waiting = repr([getattr(message, column.key) for column in Message.__table__.columns])
    db.session.rollback()

    worker.run_due(now=NOW)
    message = db.session.get_one(Message, message_id)

    assert "482913" not in waiting
    assert TO not in waiting
    assert (message.state, message.sealed, message.wrapped_key, message.sent_at) == ("sent", None, None, NOW)


def test_a_message_of_a_transaction_that_was_rolled_back_is_never_sent(courier: RecordingCourier) -> None:
    with writing():
        send("code_register", to=TO, channel="sms", language="pa", values={"code": "482913"}, now=NOW)
        db.session.rollback()

    worker.run_due(now=NOW)

    assert courier.letters == []


def test_a_courier_that_is_away_gets_the_same_message_later(courier: RecordingCourier) -> None:
    message_id = send_code()
    courier.trouble = NotTakenError(503)
    worker.run_due(now=NOW)
    courier.trouble = None

    worker.run_due(now=NOW + timedelta(minutes=5))

    assert [letter.id for letter in courier.letters] == [message_id]


def test_a_code_that_is_too_old_is_dropped_rather_than_sent(courier: RecordingCourier) -> None:
    message_id = send_code()

    worker.run_due(now=NOW + timedelta(minutes=10, seconds=1))
    message = db.session.get_one(Message, message_id)

    assert courier.letters == []
    assert (message.state, message.sealed) == ("dropped", None)


def test_a_message_the_courier_will_never_take_is_given_up_and_forgotten(courier: RecordingCourier) -> None:
    message_id = send_code()
    courier.trouble = RefusedError()

    worker.run_due(now=NOW)
    message = db.session.get_one(Message, message_id)

    assert (message.state, message.sealed) == ("failed", None)
    assert find_progress(TOPIC, message_id).state == "done"


def test_doing_the_same_message_twice_sends_it_once(courier: RecordingCourier) -> None:
    message_id = send_code()
    worker.run_due(now=NOW)
    errand = worker.handlers()[TOPIC]

    parcel = errand.pack(message_id, now=NOW)
    with writing():
        errand.note(message_id, None, now=NOW)
        db.session.commit()

    assert parcel is None
    assert db.session.get_one(Message, message_id).state == "sent"


def test_messages_of_a_deleted_account_do_not_go_out(courier: RecordingCourier) -> None:
    mine, other = send_code(account_id="a" * 32), send_code(account_id="b" * 32)

    with writing():
        drop("a" * 32)
        db.session.commit()
    worker.run_due(now=NOW)

    assert [letter.id for letter in courier.letters] == [other]
    assert db.session.get_one(Message, mine).sealed is None


def test_an_account_sees_its_messages_without_their_words(courier: RecordingCourier) -> None:
    send_code(account_id="a" * 32)
    send_code(account_id="a" * 32, now=NOW + timedelta(minutes=1))
    send_code(account_id="b" * 32)

    rows = list_messages("a" * 32)

    assert [row.created_at for row in rows] == [NOW + timedelta(minutes=1), NOW]
    assert (rows[0].template, rows[0].channel, rows[0].state) == ("code_register", "sms", "waiting")
