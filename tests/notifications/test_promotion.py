"""News goes only where both its topic and its channel are allowed, ends on one press, and is dropped where it waits (P63, P64)."""

import ast
import email
from pathlib import Path

import pytest
from flask import Flask

from msewa.consents.announcing import announce
from msewa.consents.operations import choose
from msewa.extensions import db, writing
from msewa.notifications.gateway import SmtpCourier
from msewa.notifications.operations import send
from msewa.notifications.promotion import NotAllowedError, promote, stop_link
from msewa.notifications.queries import list_messages
from msewa.notifications.rules import TOPICS, UnknownTemplateError, registry
from msewa.outbox.worker import run_due
from tests.notifications.test_operations import RecordingCourier
from tests.people import Somebody, sign_in, somebody
from tests.strict_client import StrictClient

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "https://msewa.example.org/schemes"


@pytest.fixture
def harjinder(app: Flask) -> Somebody:
    return somebody(app, email="harjinder@example.org")


@pytest.fixture
def courier(app: Flask):
    usual, app.extensions["courier"] = app.extensions["courier"], RecordingCourier()
    yield app.extensions["courier"]
    app.extensions["courier"] = usual


def allow(person: Somebody, *purposes: str, event: str = "given") -> None:
    app = person.app
    with app.app_context(), writing():
        for purpose in purposes:
            choose(person.subject(), purpose, event, language="en", actor=person.actor, now=app.extensions["clock"].now())
        db.session.commit()


def queue(person: Somebody, topic: str = "newsletter") -> int:
    app = person.app
    with app.app_context(), writing():
        count = sum(announce("news", topic=topic, page=PAGE, now=app.extensions["clock"].now()))
        db.session.commit()
    return count


def work(app: Flask) -> None:
    with app.app_context():
        run_due(now=app.extensions["clock"].now())


@pytest.mark.promise("P63", "P38", "P12")
def test_who_allowed_nothing_gets_nothing(harjinder: Somebody, courier: RecordingCourier) -> None:
    counts = {topic: queue(harjinder, topic) for topic in TOPICS}
    work(harjinder.app)

    assert set(counts.values()) == {0}
    assert courier.letters == []


@pytest.mark.promise("P38")
@pytest.mark.parametrize("topic", ["promo.own", "promo.gov", "promo.private", "newsletter"])
def test_each_topic_goes_alone_and_only_over_an_allowed_channel(harjinder: Somebody, courier: RecordingCourier, topic: str) -> None:
    allow(harjinder, topic)
    without_channel = queue(harjinder, topic)
    allow(harjinder, "channel.email")

    counts = {each: queue(harjinder, each) for each in TOPICS}
    work(harjinder.app)

    assert without_channel == 0
    assert {each for each, count in counts.items() if count} == {topic}
    assert [letter.channel for letter in courier.letters] == ["email"]


@pytest.mark.promise("P64")
@pytest.mark.parametrize("withdrawn", ["newsletter", "channel.sms"])
def test_withdrawing_drops_what_already_waits(harjinder: Somebody, courier: RecordingCourier, withdrawn: str) -> None:
    allow(harjinder, "newsletter", "channel.sms")
    queued = queue(harjinder)

    allow(harjinder, withdrawn, event="withdrawn")
    work(harjinder.app)

    with harjinder.app.app_context():
        assert [(row.state, row.template) for row in list_messages(harjinder.id)] == [("dropped", "news")]
    assert queued == 1
    assert courier.letters == []


@pytest.mark.promise("P64")
def test_the_link_in_a_message_stops_it_without_signing_in_and_drops_what_waits(
    harjinder: Somebody, courier: RecordingCourier, client: StrictClient
) -> None:
    allow(harjinder, "newsletter", "channel.sms", "channel.email")
    queue(harjinder)
    work(harjinder.app)
    link = next(letter.stop for letter in courier.letters if letter.channel == "sms").split("://", 1)[1].split("/", 1)[1]
    queue(harjinder)

    seen = client.get(f"/{link}")
    answer = client.post(f"/{link}", data={"List-Unsubscribe": "One-Click"})
    work(harjinder.app)

    assert seen.status_code == 200
    assert answer.status_code == 303
    assert [letter.channel for letter in courier.letters] == ["sms", "email", "email"], "the first two, then mail alone"


@pytest.mark.promise("P64")
def test_looking_at_the_link_stops_nothing(harjinder: Somebody, courier: RecordingCourier, client: StrictClient) -> None:
    allow(harjinder, "newsletter", "channel.sms")
    with harjinder.app.app_context():
        link = stop_link(harjinder.id, topic="newsletter", channel="sms", now=harjinder.app.extensions["clock"].now())

    client.get("/" + link.split("/", 3)[3])

    assert queue(harjinder) == 1


@pytest.mark.parametrize(
    "damage", [lambda path: path[:-3], lambda path: path[:-1] + ("A" if path[-1] != "A" else "B"), lambda _: "/stop/x"]
)
def test_a_damaged_link_is_refused_with_a_clear_word(harjinder: Somebody, client: StrictClient, damage) -> None:
    with harjinder.app.app_context():
        link = stop_link(harjinder.id, topic="newsletter", channel="sms", now=harjinder.app.extensions["clock"].now())

    answer = client.post(damage("/" + link.split("/", 3)[3]))

    assert answer.status_code == 404
    assert "This link is over" in answer.get_data(as_text=True)


def test_a_link_of_an_account_that_is_gone_still_ends_well(app: Flask, client: StrictClient) -> None:
    with app.app_context():
        link = stop_link("ab" * 16, topic="newsletter", channel="sms", now=app.extensions["clock"].now())

    answer = client.post("/" + link.split("/", 3)[3])

    assert answer.status_code == 303


@pytest.mark.promise("P63")
def test_messages_of_the_service_come_whatever_was_refused(harjinder: Somebody, courier: RecordingCourier) -> None:
    allow(harjinder, *TOPICS, "channel.sms", "channel.email", event="refused")

    with harjinder.app.app_context(), writing():
        now = harjinder.app.extensions["clock"].now()
        values = {"reference": "AB12-CD34"}
        send("application_received", to=harjinder.mobile, channel="sms", language="en", values=values, now=now, account_id=harjinder.id)
        db.session.commit()
    work(harjinder.app)

    assert [letter.template for letter in courier.letters] == ["application_received"]


def test_news_can_not_take_the_pipe_of_the_service(harjinder: Somebody) -> None:
    with harjinder.app.app_context(), pytest.raises(UnknownTemplateError):
        send(
            "news",
            to="+916280014799",
            channel="sms",
            language="en",
            values={"page": PAGE, "stop": PAGE},
            now=harjinder.app.extensions["clock"].now(),
        )


def test_a_message_of_the_service_can_not_take_the_pipe_of_news(harjinder: Somebody) -> None:
    with harjinder.app.app_context(), pytest.raises(UnknownTemplateError):
        promote(
            "application_received",
            topic="newsletter",
            account_id=harjinder.id,
            to=harjinder.mobile,
            channel="sms",
            language="en",
            values={"reference": "AB12"},
            now=harjinder.app.extensions["clock"].now(),
        )


def test_promoting_to_who_did_not_allow_it_is_refused(harjinder: Somebody) -> None:
    with harjinder.app.app_context(), pytest.raises(NotAllowedError):
        promote(
            "news",
            topic="promo.own",
            account_id=harjinder.id,
            to=harjinder.mobile,
            channel="sms",
            language="en",
            values={"page": PAGE},
            now=harjinder.app.extensions["clock"].now(),
        )


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_mail_carries_the_one_press_headers(harjinder: Somebody, courier: RecordingCourier, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(harjinder, "newsletter", "channel.email")
    queue(harjinder)
    work(harjinder.app)
    sent: list[email.message.EmailMessage] = []
    monkeypatch.setattr("msewa.egress.mail", lambda url, message: sent.append(message))

    SmtpCourier("smtps://mail.example.org", sender="help@msewa.example.org").send(courier.letters[0])

    assert sent[0]["List-Unsubscribe"].startswith("<http")
    assert "/stop/" in sent[0]["List-Unsubscribe"]
    assert sent[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_every_promotional_message_carries_its_stop_link() -> None:
    promotional = [template for template in registry().templates.values() if template.is_promotional]

    assert promotional
    assert all("stop" in {variable.name for variable in template.variables} for template in promotional)


# Whoever hands a message over is listed here: a new sender is a decision, and each goes through `write`, which asks the one list.
SENDERS = {
    "msewa/accounts/operations/codes.py",
    "msewa/accounts/operations/telling.py",
    "msewa/consents/announcing.py",
    "msewa/notifications/promotion.py",
}


def test_every_sender_is_known_and_none_goes_past_the_list() -> None:
    senders = set()
    for path in (ROOT / "msewa").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else ""
            names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
            if module in ("msewa.notifications.operations", "msewa.notifications.promotion") and names & {"send", "write", "promote"}:
                senders.add(str(path.relative_to(ROOT)))

    assert senders == SENDERS


@pytest.mark.promise("P64")
def test_stopped_on_her_page_means_stopped(harjinder: Somebody, client: StrictClient) -> None:
    sign_in(client, harjinder)
    allow(harjinder, "newsletter", "channel.sms")
    with harjinder.app.app_context():
        link = stop_link(harjinder.id, topic="newsletter", channel="sms", now=harjinder.app.extensions["clock"].now())

    client.post("/" + link.split("/", 3)[3], data={"all": "yes"})

    assert queue(harjinder) == 0
