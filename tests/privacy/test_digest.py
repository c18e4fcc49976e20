"""The monthly digest: how often her data was looked at, only for who allows it, and without a word of what was seen."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.extensions import db, writing
from msewa.notifications.models import Message
from msewa.outbox.worker import run_due
from msewa.privacy.digesting import put_digests
from msewa.privacy.months import begin_of, next_month
from msewa.web.filters import INDIA
from tests.conftest import ClockHandle
from tests.people import Somebody, signed_in, somebody
from tests.privacy.conftest import REASON, allowed_by, looked_at
from tests.strict_client import StrictClient


@pytest.fixture
def her(app: Flask, client: StrictClient) -> Somebody:
    return signed_in(client, app=app, email="harjinder@example.org")


def put(app: Flask, clock: ClockHandle) -> None:
    """Do what the worker's daily errand does, and all that follows."""
    with app.app_context(), writing():
        put_digests(now=clock.now())
        db.session.commit()
    with app.app_context():
        run_due(now=clock.now())


def digests(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        chosen = select(Message.account_id, Message.channel).where(Message.template == "digest_ready")
        return sorted(tuple(row) for row in db.session.execute(chosen))


def text_to(client: StrictClient, her: Somebody, *, channel: str = "sms") -> str:
    to = her.mobile.removeprefix("+91") if channel == "sms" else her.email
    sent = client.get(f"/sandbox/outbox.json?to={to}").get_json()
    return next(one["text"] for one in sent if one["template"] == "digest_ready")


def month_later(clock: ClockHandle) -> datetime:
    return clock.advance(days=32)


@pytest.mark.promise("P63")
def test_it_goes_to_who_allowed_it_and_to_nobody_else(her: Somebody, app: Flask, clock: ClockHandle) -> None:
    looked_at(somebody(app, full_name="Other Kaur"))
    looked_at(her)
    allowed_by(her, "digest", "channel.sms")
    month_later(clock)

    put(app, clock)

    assert digests(app) == [(her.id, "sms")]


def test_it_goes_once_a_month_however_often_the_worker_runs(her: Somebody, app: Flask, clock: ClockHandle) -> None:
    allowed_by(her, "digest", "channel.sms", "channel.email")
    looked_at(her)
    month_later(clock)
    put(app, clock)
    clock.advance(hours=20)
    put(app, clock)
    once = digests(app)

    looked_at(her)
    month_later(clock)
    put(app, clock)

    assert once == [(her.id, "email"), (her.id, "sms")]
    assert len(digests(app)) == 4


@pytest.mark.promise("P64")
def test_who_withdrew_it_gets_none(her: Somebody, app: Flask, clock: ClockHandle) -> None:
    allowed_by(her, "digest", "channel.sms")
    looked_at(her)
    allowed_by(her, "digest", event="withdrawn")
    month_later(clock)

    put(app, clock)

    assert digests(app) == []


@pytest.mark.promise("P66")
def test_a_number_that_was_silent_for_a_year_gets_none(her: Somebody, app: Flask, clock: ClockHandle) -> None:
    allowed_by(her, "digest", "channel.sms", "channel.email")
    clock.advance(days=395)
    looked_at(her)
    month_later(clock)

    put(app, clock)

    assert digests(app) == [(her.id, "email")]


def test_who_says_yes_once_more_this_month_gets_last_months_all_the_same(her: Somebody, app: Flask, clock: ClockHandle) -> None:
    allowed_by(her, "digest", "channel.sms")
    looked_at(her)
    month_later(clock)
    allowed_by(her, "digest", event="renewed")

    put(app, clock)

    assert digests(app) == [(her.id, "sms")]


def test_who_allowed_it_this_month_gets_the_first_one_next_month(her: Somebody, app: Flask, clock: ClockHandle) -> None:
    looked_at(her)
    month_later(clock)
    looked_at(her)
    allowed_by(her, "digest", "channel.sms")

    put(app, clock)
    this_month = digests(app)
    month_later(clock)
    put(app, clock)

    assert this_month == []
    assert digests(app) == [(her.id, "sms")]


@pytest.mark.promise("P63")
def test_it_says_how_often_and_counts_that_month_alone(her: Somebody, client: StrictClient, app: Flask, clock: ClockHandle) -> None:
    allowed_by(her, "digest", "channel.sms", "channel.email")
    looked_at(her)
    first_of_next = begin_of(next_month(clock.now().astimezone(INDIA).date()))
    clock.advance(seconds=(first_of_next - clock.now()).total_seconds())
    looked_at(her)
    clock.advance(days=1)
    looked_at(her, 2)
    clock.advance(seconds=(begin_of(next_month(first_of_next.date())) - clock.now()).total_seconds())
    looked_at(her)

    put(app, clock)

    assert "looks at your data last month: 3." in text_to(client, her)
    assert "Looks at your data last month: 3." in text_to(client, her, channel="email")


@pytest.mark.promise("P63")
def test_a_month_without_a_look_is_passed_over(her: Somebody, app: Flask, clock: ClockHandle) -> None:
    allowed_by(her, "digest", "channel.sms", "channel.email")
    month_later(clock)
    # This month's look belongs into the next message, and what she does herself is no look.
    looked_at(her)

    put(app, clock)

    assert digests(app) == []


def test_it_says_nothing_of_what_was_seen_and_leads_to_its_month(
    her: Somebody, client: StrictClient, app: Flask, clock: ClockHandle
) -> None:
    allowed_by(her, "digest", "channel.sms")
    looked_at(her)
    month = f"{clock.now():%Y-%m}"
    month_later(clock)

    put(app, clock)

    text = text_to(client, her)
    assert f"/privacy/looks?month={month}" in text
    assert REASON not in text
    assert "Harjinder" not in text
