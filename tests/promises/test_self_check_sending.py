"""flask self-check: what goes out without a ground, and work that lies forgotten, are injected on both databases and seen (P77)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from msewa.delivery.models import ProviderKey
from msewa.notifications.models import Message
from msewa.outbox.models import OutboxItem
from msewa.promises import checking
from tests.closure.ceremony import in_production
from tests.conftest import ClockHandle
from tests.people import somebody
from tests.promises.faults import LONG_AGO, package, write
from tests.strict_client import StrictClient

pytestmark = [pytest.mark.promise("P77"), pytest.mark.usefixtures("prepared")]


def test_a_package_without_an_application_is_found(app: Flask, check, client: StrictClient) -> None:
    write(app, package())

    assert list(check()) == ["grounds"]
    assert "sent without a ground 1" in client.page("/promises").words("page-promises.index")


def test_an_office_with_an_unsafe_address_is_found(app: Flask, check) -> None:
    write(app, office_key("http://office.example.org/in"))

    try:
        assert check()["addresses"] == ("nowhere: The endpoint must begin with https://.",)
    finally:
        write(app, statement=ProviderKey.__table__.delete().where(ProviderKey.provider_id == "nowhere"))


def office_key(endpoint: str) -> ProviderKey:
    facts = {"kid": "k", "public_jwk": {}, "agreement": "1", "accepted_at": LONG_AGO, "active": True}
    return ProviderKey(provider_id="nowhere", endpoint=endpoint, **facts)


def test_news_that_nobody_allowed_is_found(app: Flask, check) -> None:
    person = somebody(app)
    facts = {"channel": "sms", "template": "news", "topic": "promo.own", "language": "en", "state": "waiting", "created_at": LONG_AGO}
    write(app, Message(id="a" * 32, account_id=person.id, **facts), Message(id="b" * 32, account_id=None, **facts))

    assert check()["news"] == ("2 promotional messages wait that nobody allowed.",)


def test_daily_work_that_nobody_does_is_found(app: Flask, check) -> None:
    write(app, statement=delete(OutboxItem))

    assert checking.TOPIC in " ".join(check()["daily-work"])


def test_daily_work_that_waits_since_yesterday_is_found(app: Flask, check) -> None:
    late = app.extensions["clock"].now() - timedelta(hours=25)
    write(app, statement=update(OutboxItem).where(OutboxItem.topic == checking.TOPIC).values(due_at=late))

    assert check()["daily-work"] == (f"{checking.TOPIC}: nobody does this daily work.",)


def test_after_a_pause_the_days_work_is_made_up_for_before_it_is_looked_at(app: Flask, clock: ClockHandle, client: StrictClient) -> None:
    client.post("/sandbox/work")
    clock.advance(days=30)

    client.post("/sandbox/work")

    with app.app_context():
        run = checking.last_run()
    assert run is not None
    assert clock.now() - run.at < timedelta(minutes=5)
    assert run.results["daily-work"]


def test_work_that_was_given_up_and_forgotten_is_found(app: Flask, check) -> None:
    write(app, OutboxItem(topic="a.topic", reference="x", state="attention", created_at=LONG_AGO, due_at=LONG_AGO))

    assert check()["forgotten-work"] == ("a.topic: 1 need a person's attention.",)


def test_work_that_was_given_up_today_is_still_somebodys_to_look_at(app: Flask, check) -> None:
    now = app.extensions["clock"].now()
    write(app, OutboxItem(topic="a.topic", reference="x", state="attention", created_at=LONG_AGO, due_at=now + timedelta(hours=5)))

    assert check() == {}


def test_work_that_is_due_and_that_no_worker_takes_is_found(app: Flask, check) -> None:
    since = datetime(2020, 1, 1, tzinfo=UTC)
    write(app, *(OutboxItem(topic="a.topic", reference=sign, state="waiting", created_at=since, due_at=since) for sign in "ab"))

    with in_production(app):
        found = check()["work"]

    assert "work" not in check(), "a demonstration's clock leaps"
    assert found == ("a.topic: 2 wait since 2020-01-01 00:00 UTC; does a worker run?",)


def test_a_channel_over_which_nothing_goes_out_is_found(app: Flask, check) -> None:
    now = app.extensions["clock"].now()
    began = now - timedelta(minutes=6)
    facts = {"channel": "sms", "template": "code_register", "language": "en", "state": "waiting", "created_at": began}
    tried = {"state": "waiting", "created_at": began, "due_at": now, "attempts": 2, "error": "EgressError: gaierror -2"}
    write(app, Message(id="c" * 32, account_id=None, **facts), OutboxItem(topic="notifications.send", reference="c" * 32, **tried))

    assert check()["messages"] == ("sms: 1 were tried in vain, and nothing goes out; work_failed in the log says why.",)


def test_an_hour_that_reached_the_brake_on_codes_is_found(app: Flask, check) -> None:
    facts = {"channel": "sms", "language": "en", "state": "sent", "created_at": app.extensions["clock"].now() - timedelta(hours=20)}
    known = app.extensions["settings"]
    app.extensions["settings"] = replace(known, codes_an_hour=2)
    write(app, *(Message(id=sign * 32, account_id=None, template="code_register", **facts) for sign in "ab"))

    try:
        assert check()["codes"] == ("Hours of the last day in which strangers were sent all codes that MSEWA_CODES_AN_HOUR allows: 1.",)
    finally:
        app.extensions["settings"] = known
