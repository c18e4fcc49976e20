"""A channel over which nothing goes out is told to whoever is on duty; one bad address is not."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from msewa.egress import EgressError
from msewa.extensions import db, writing
from msewa.notifications.failing import list_failing
from msewa.notifications.gateway import Letter, NotTakenError
from msewa.notifications.operations import send
from msewa.outbox import worker
from msewa.outbox.models import OutboxItem
from tests.conftest import ClockHandle
from tests.strict_client import StrictClient

AWAY = EgressError("ConnectionRefusedError 111")


class Courier:
    """Takes what it is given, or raises what troubles that channel."""

    def __init__(self) -> None:
        self.trouble: dict[str, Exception | None] = {}

    def send(self, letter: Letter) -> None:
        """Take one message or raise."""
        if trouble := self.trouble.get(letter.channel):
            raise trouble


@pytest.fixture
def courier(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Courier]:
    made = Courier()
    monkeypatch.setitem(app.extensions, "courier", made)
    with app.app_context():
        yield made


def try_one(channel: str, *, now: datetime) -> None:
    """Write a message and let the worker try it."""
    template, to = ("code_register", "+916280014799") if channel == "sms" else ("code_email", "harjinder@example.org")
    with writing():
        send(template, to=to, channel=channel, language="en", values={"code": "482913"}, now=now)
        db.session.commit()
    while worker.run_next(now=now, topic="notifications.send"):
        pass


def failing(now: datetime) -> list[tuple[str, int]]:
    found = [(one.channel, one.waiting) for one in list_failing(now=now)]
    db.session.rollback()
    return found


@pytest.mark.parametrize("trouble", [AWAY, NotTakenError(401), EgressError("SMTPAuthenticationError 535")], ids=["away", "401", "login"])
def test_a_channel_fails_when_what_was_tried_waits_for_five_minutes_and_nothing_goes_out(
    courier: Courier, clock: ClockHandle, client: StrictClient, trouble: Exception
) -> None:
    courier.trouble = {"sms": trouble}
    try_one("sms", now=clock.now())
    try_one("email", now=clock.now())
    soon = failing(clock.now() + timedelta(minutes=4))
    clock.advance(minutes=5)
    later, red = failing(clock.now()), client.get("/health/ready").get_json()

    with writing():  # as after many tries
        db.session.execute(update(OutboxItem).where(OutboxItem.state == "waiting").values(due_at=clock.now() + timedelta(hours=6)))
        db.session.commit()
    courier.trouble = {}
    try_one("sms", now=clock.now())

    assert (soon, later) == ([], [("sms", 1)])
    assert "messages" in red
    assert failing(clock.now()) == []
    assert "messages" not in client.get("/health/ready").get_json()


@pytest.mark.parametrize("reason", ["SMTPRecipientsRefused", "SMTPDataError 554"])
def test_an_address_that_the_mail_server_does_not_take_is_no_failing_channel(courier: Courier, clock: ClockHandle, reason: str) -> None:
    courier.trouble = {"email": EgressError(reason)}
    try_one("email", now=clock.now())

    assert failing(clock.advance(minutes=6)) == []


def test_an_error_of_our_own_is_no_failing_channel(courier: Courier, clock: ClockHandle) -> None:
    courier.trouble = {"sms": ValueError("ours")}
    try_one("sms", now=clock.now())

    assert failing(clock.advance(minutes=6)) == []


def test_a_message_that_nobody_has_tried_yet_is_no_failing_channel(courier: Courier, clock: ClockHandle) -> None:
    with writing():
        send("code_register", to="+916280014799", channel="sms", language="en", values={"code": "482913"}, now=clock.now())
        db.session.commit()

    assert failing(clock.advance(hours=2)) == []
