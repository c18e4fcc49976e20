"""Messages: nothing comes that was not pressed on, one press ends it, and what was sent is listed without its words."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask

from msewa.consents.announcing import announce
from msewa.extensions import db, writing
from msewa.notifications.models import Message
from msewa.notifications.rules import CHANNELS, TOPICS, registry
from msewa.privacy.naming import MESSAGES
from msewa.privacy.rules import MESSAGES_SHOWN
from tests.people import Somebody, signed_in
from tests.privacy.conftest import allowed_by
from tests.strict_client import Page, StrictClient

MATRIX = "/privacy/messages#matrix"
ALL_CELLS = [f"{topic} {channel}" for topic in TOPICS for channel in CHANNELS]


@pytest.fixture
def her(app: Flask, client: StrictClient) -> Somebody:
    return signed_in(client, app=app, email="harjinder@example.org")


def cells(page: Page) -> dict[str, str]:
    return {cell.get("data-id"): cell.get("aria-checked") for cell in page.all("cell")}


def press(client: StrictClient, cell: str, way: str) -> str:
    """Press a cell's button as a browser does; return where that leads."""
    answer = client.submit("/privacy/messages", "messages", **{way: cell})
    assert answer.status_code == 303
    return answer.headers["Location"]


def answered(client: StrictClient, notice: str, yes_or_no: str) -> str:
    """Answer on the page of a notice; return where that leads."""
    return client.submit(notice, "answer", on=yes_or_no).headers["Location"]


def announced(app: Flask, topic: str) -> int:
    with app.app_context(), writing():
        sent = sum(announce("news", topic=topic, page="https://msewa.example.org/services", now=app.extensions["clock"].now()))
        db.session.commit()
    return sent


@pytest.mark.promise("P63")
def test_everything_is_off_at_first(her: Somebody, client: StrictClient) -> None:
    assert cells(client.page("/privacy/messages")) == dict.fromkeys(ALL_CELLS, "false")


@pytest.mark.promise("P63")
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_pressing_on_what_was_never_allowed_leads_to_its_notice_first(her: Somebody, client: StrictClient, cell: str) -> None:
    topic, _, channel = cell.partition(" ")

    first = press(client, cell, "on")
    second = answered(client, first, "1")
    last = answered(client, second, "1")

    assert [urlsplit(one).path for one in (first, second)] == [f"/privacy/choices/{topic}", f"/privacy/choices/channel.{channel}"]
    assert last == MATRIX
    assert [one for one, state in cells(client.page("/privacy/messages")).items() if state == "true"] == [cell]


def test_a_no_on_the_way_leads_back_and_leaves_everything_off(her: Somebody, client: StrictClient) -> None:
    where = answered(client, press(client, "newsletter sms", "on"), "no")

    assert where == MATRIX
    assert set(cells(client.page("/privacy/messages")).values()) == {"false"}


@pytest.mark.promise("P64")
def test_one_press_stops_one_topic_on_one_channel_and_what_waits(her: Somebody, client: StrictClient, app: Flask) -> None:
    allowed_by(her, "newsletter", "channel.sms", "channel.email")
    assert announced(app, "newsletter") == 2

    press(client, "newsletter sms", "off")

    found = cells(client.page("/privacy/messages"))
    assert (found["newsletter sms"], found["newsletter email"]) == ("false", "true")
    with app.app_context():
        states = dict(db.session.query(Message.channel, Message.state).filter_by(topic="newsletter").all())
    assert states == {"sms": "dropped", "email": "waiting"}
    assert announced(app, "newsletter") == 1


def test_what_she_stopped_here_she_can_let_come_again(her: Somebody, client: StrictClient, app: Flask) -> None:
    allowed_by(her, "newsletter", "channel.sms")
    press(client, "newsletter sms", "off")

    where = press(client, "newsletter sms", "on")

    assert where == MATRIX
    assert announced(app, "newsletter") == 1


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_press_stands_in_her_list_by_its_names(her: Somebody, client: StrictClient) -> None:
    allowed_by(her, "newsletter", "channel.sms")
    press(client, "newsletter sms", "off")
    press(client, "newsletter sms", "on")

    # The first row is that she reads this list.
    rows = ["".join(row.itertext()) for row in client.page("/privacy/looks?all=1").all("access-row")]

    assert "You switched it on: Newsletter, SMS" in rows[1]
    assert "You switched it off: Newsletter, SMS" in rows[2]


@pytest.mark.parametrize("data", [{"on": "everything sms"}, {"on": "newsletter pigeon"}, {"off": ""}, {}, {"on": "newsletter"}])
@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_cell_that_there_is_not_is_refused(her: Somebody, client: StrictClient, data: dict[str, str]) -> None:
    token = {"csrf_token": client.page("/privacy/messages").fields("messages")["csrf_token"]}

    assert client.post("/privacy/messages", data={**token, **data}).status_code == 400


def test_what_was_sent_is_listed_without_its_words(her: Somebody, client: StrictClient, app: Flask) -> None:
    allowed_by(her, "newsletter", "channel.sms")
    announced(app, "newsletter")

    row = client.page("/privacy/messages").one("message-row")

    text = " ".join("".join(row.itertext()).split())
    assert text.startswith("News ")
    assert "SMS, on its way" in text


@pytest.mark.parametrize("template", sorted(registry().templates))
def test_every_message_has_a_word_for_what_it_was_about(template: str) -> None:
    assert template.partition("_")[0] in MESSAGES


def test_older_messages_are_paged_through_each_once(her: Somebody, client: StrictClient, app: Flask) -> None:
    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        for ago in range(MESSAGES_SHOWN + 5):
            made = {
                "channel": "sms",
                "template": "news",
                "language": "en",
                "state": "sent",
                "created_at": now - timedelta(minutes=ago // 2),
            }
            db.session.add(Message(id=f"{ago:032x}", account_id=her.id, **made))
        db.session.commit()

    first = client.page("/privacy/messages")
    older = re.search(r'rel="next" href="([^"]+)"', first.text)[1]
    rest = client.page(older.replace("&amp;", "&"))

    shown = [row.get("data-id") for page in (first, rest) for row in page.all("message-row")]
    assert len(shown) == len(set(shown)) == MESSAGES_SHOWN + 5
    assert 'rel="next"' not in rest.text


@pytest.mark.parametrize("before", ["", "x", "%00", "0" * 32, "%ED%A0%80"])
def test_a_message_that_is_not_hers_has_none_before_it(her: Somebody, client: StrictClient, before: str) -> None:
    assert client.get(f"/privacy/messages?before={before}").status_code == 404


def test_whoever_gave_no_address_is_told_where_to_add_one(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    page = client.page("/privacy/messages")

    assert page.words("no-email").startswith("We know no e-mail address of yours")
    assert [link.get("href") for link in page.one("no-email").iter() if link.get("href")] == ["/account/email"]


def test_whoever_gave_an_address_is_not_asked_for_one(her: Somebody, client: StrictClient) -> None:
    assert client.page("/privacy/messages").all("no-email") == []
