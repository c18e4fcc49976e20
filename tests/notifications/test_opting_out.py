"""The link in a message: one press, no sign-in, at once, also for what waits or is under way; never by a mere look (P64, RFC 8058)."""

import email
from collections.abc import Callable

import pytest
from flask import Flask

from msewa.extensions import db, writing
from msewa.notifications.gateway import Letter, SmtpCourier
from msewa.notifications.models import Message
from msewa.notifications.operations import TOPIC
from msewa.notifications.promotion import stop_link
from msewa.notifications.queries import list_messages
from msewa.outbox import operations as outbox
from msewa.outbox.worker import handlers
from tests.notifications.conftest import RecordingCourier, allow, queue, stop_path, work
from tests.people import Somebody, sign_in
from tests.strict_client import StrictClient

ONE_PRESS = {"List-Unsubscribe": "One-Click"}
BOXES = ["application/x-www-form-urlencoded", "multipart/form-data"]


def states(person: Somebody) -> list[str]:
    with person.app.app_context():
        return [row.state for row in list_messages(person.id)]


@pytest.mark.promise("P64")
def test_the_link_in_a_message_stops_it_without_signing_in_and_drops_what_waits(
    harjinder: Somebody, courier: RecordingCourier, client: StrictClient
) -> None:
    allow(harjinder, "newsletter", "channel.sms", "channel.email")
    queue(harjinder)
    work(harjinder.app)
    path = "/" + next(letter.stop for letter in courier.letters if letter.channel == "sms").split("/", 3)[3]
    queue(harjinder)

    answer = client.submit(path, "stop")
    work(harjinder.app)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/stop/done")
    assert [letter.channel for letter in courier.letters] == ["sms", "email", "email"], "the first two, then mail alone"


@pytest.mark.promise("P64")
@pytest.mark.parametrize("box", BOXES)
def test_a_mail_program_stops_it_with_one_post_and_is_not_sent_on(
    app: Flask, harjinder: Somebody, courier: RecordingCourier, box: str
) -> None:
    allow(harjinder, "newsletter", "channel.email")
    queue(harjinder)
    program = app.test_client(use_cookies=False)

    answer = program.post(stop_path(harjinder, channel="email"), data=ONE_PRESS, content_type=box)
    work(app)

    assert (answer.status_code, answer.headers.get("Location")) == (200, None)
    assert "Set-Cookie" not in answer.headers
    assert courier.letters == []
    assert states(harjinder) == ["dropped"]


@pytest.mark.promise("P64")
@pytest.mark.parametrize("look", ["get", "head", "options"])
def test_looking_at_the_link_stops_nothing(app: Flask, harjinder: Somebody, courier: RecordingCourier, look: str) -> None:
    allow(harjinder, "newsletter", "channel.sms")
    program = app.test_client(use_cookies=False)

    getattr(program, look)(stop_path(harjinder), headers={"Purpose": "prefetch"})
    getattr(program, look)(stop_path(harjinder) + "?List-Unsubscribe=One-Click")

    assert queue(harjinder) == 1


@pytest.mark.promise("P64")
def test_stop_all_ends_every_topic_on_both_channels(harjinder: Somebody, courier: RecordingCourier, client: StrictClient) -> None:
    allow(harjinder, "newsletter", "promo.own", "channel.sms", "channel.email")
    waiting = queue(harjinder, "promo.own")

    client.submit(stop_path(harjinder), "stop", all="yes")
    work(harjinder.app)

    assert waiting == 2
    assert courier.letters == []
    assert queue(harjinder) == queue(harjinder, "promo.own") == 0


@pytest.mark.parametrize(
    "damage", [lambda path: path[:-3], lambda path: path[:-1] + ("A" if path[-1] != "A" else "B"), lambda _: "/stop/x"]
)
def test_a_damaged_link_is_refused_with_a_clear_word(harjinder: Somebody, client: StrictClient, damage: Callable[[str], str]) -> None:
    answer = client.post(damage(stop_path(harjinder)))

    assert answer.status_code == 404
    assert "This link is over" in answer.get_data(as_text=True)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_no_letter_of_a_link_can_be_another(harjinder: Somebody, client: StrictClient) -> None:
    path = stop_path(harjinder)
    token = path.removeprefix("/stop/")
    others = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]

    assert {client.get(f"/stop/{other}").status_code for other in others} == {404}


def test_a_link_of_an_account_that_is_gone_still_ends_well(app: Flask, client: StrictClient) -> None:
    with app.app_context():
        link = stop_link("ab" * 16, topic="newsletter", channel="sms", now=app.extensions["clock"].now())

    answer = client.post("/" + link.split("/", 3)[3])

    assert answer.status_code == 303


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_mail_carries_the_one_press_headers(harjinder: Somebody, courier: RecordingCourier, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(harjinder, "newsletter", "channel.email")
    queue(harjinder)
    work(harjinder.app)
    sent: list[email.message.EmailMessage] = []
    monkeypatch.setattr("msewa.egress.mail", lambda url, message: sent.append(message))

    SmtpCourier("smtps://mail.example.org", sender="help@msewa.example.org").send(courier.letters[0])

    lines = sent[0].as_bytes().decode("ascii").splitlines()
    assert f"List-Unsubscribe: <{courier.letters[0].stop}>" in lines
    assert "/stop/" in courier.letters[0].stop
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert f"Content-Language: {courier.letters[0].language}" in lines
    assert any(line.startswith("Date: ") for line in lines)


@pytest.mark.promise("P64")
@pytest.mark.parametrize("withdrawn", ["newsletter", "channel.sms"])
def test_a_no_while_a_worker_holds_the_message_keeps_it_back(harjinder: Somebody, courier: RecordingCourier, withdrawn: str) -> None:
    allow(harjinder, "newsletter", "channel.sms")
    queue(harjinder)
    now = harjinder.app.extensions["clock"].now()
    with harjinder.app.app_context():
        lease = outbox.lease_next(now=now, topic=TOPIC)

    allow(harjinder, withdrawn, event="withdrawn")
    with harjinder.app.app_context():
        assert lease is not None
        done = outbox.perform(lease, handlers=handlers(), now=now)

    assert done
    assert courier.letters == []
    assert states(harjinder) == ["dropped"]


@pytest.mark.promise("P64")
def test_a_no_while_the_courier_has_the_message_comes_too_late_and_her_page_says_so(harjinder: Somebody, app: Flask) -> None:
    class SlowCourier(RecordingCourier):
        def send(self, letter: Letter) -> None:
            super().send(letter)
            allow(harjinder, "newsletter", event="withdrawn")

    usual, app.extensions["courier"] = app.extensions["courier"], SlowCourier()
    allow(harjinder, "newsletter", "channel.sms")
    queue(harjinder)

    try:
        work(app)
    finally:
        app.extensions["courier"] = usual

    assert states(harjinder) == ["sent"]
    assert queue(harjinder) == 0


@pytest.mark.promise("P64")
def test_a_message_that_a_no_dropped_keeps_no_words(harjinder: Somebody, courier: RecordingCourier) -> None:
    allow(harjinder, "newsletter", "channel.sms")
    queue(harjinder)

    allow(harjinder, "newsletter", event="withdrawn")

    with harjinder.app.app_context(), writing():
        message = db.session.query(Message).filter_by(account_id=harjinder.id).one()
        assert (message.state, message.sealed, message.wrapped_key) == ("dropped", None, None)


@pytest.mark.promise("P64")
def test_her_page_of_choices_says_what_a_link_stopped(harjinder: Somebody, client: StrictClient) -> None:
    sign_in(client, harjinder)
    allow(harjinder, "newsletter", "channel.sms", "channel.email")
    before = client.page("/privacy/choices/newsletter").words("choice-state")

    client.post(stop_path(harjinder), data=ONE_PRESS)

    assert "You stopped it on SMS." not in before
    assert "You stopped it on SMS." in client.page("/privacy/choices/newsletter").words("choice-state")
    assert queue(harjinder) == 1, "by mail alone"
