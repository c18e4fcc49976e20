"""News goes only where both its topic and its channel are allowed, and is dropped where it waits (P63, P64)."""

import pytest
from flask import Flask

from msewa.extensions import db, writing
from msewa.notifications.operations import TOPIC, send
from msewa.notifications.promotion import NotAllowedError, promote
from msewa.notifications.queries import list_messages
from msewa.notifications.rules import TOPICS, UnknownTemplateError, registry
from msewa.outbox.worker import run_next
from tests.conftest import ClockHandle
from tests.notifications.conftest import PAGE, RecordingCourier, allow, queue, work
from tests.people import Somebody
from tests.strict_client import StrictClient


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
def test_a_yes_that_ended_while_the_news_waited_sends_nothing(harjinder: Somebody, courier: RecordingCourier, clock: ClockHandle) -> None:
    allow(harjinder, "newsletter", "channel.email")
    clock.advance(days=364)
    queued = queue(harjinder)

    # Nobody has withdrawn and nothing was dropped: only who asks at the door can know.
    clock.advance(days=2)
    with harjinder.app.app_context():
        run_next(now=clock.now(), topic=TOPIC)

    assert queued == 1
    assert courier.letters == []


@pytest.mark.promise("P66")
def test_a_number_that_was_silent_for_90_days_gets_no_news_and_the_mailbox_does(
    harjinder: Somebody, courier: RecordingCourier, clock: ClockHandle
) -> None:
    allow(harjinder, "newsletter", "channel.sms", "channel.email")
    clock.advance(days=89)
    before = queue(harjinder)

    # What was queued on the last day waits for the worker until the number is silent for too long.
    clock.advance(days=1)
    work(harjinder.app)
    after = queue(harjinder)

    assert (before, after) == (2, 1)
    assert [letter.channel for letter in courier.letters] == ["email"]


@pytest.mark.promise("P66")
def test_news_comes_again_once_the_number_was_proven(
    harjinder: Somebody, client: StrictClient, courier: RecordingCourier, clock: ClockHandle
) -> None:
    allow(harjinder, "newsletter", "channel.sms")
    clock.advance(days=200)
    silent = queue(harjinder)
    client.submit("/sign-in", "sign-in", mobile=harjinder.mobile.removeprefix("+91"), password=harjinder.password)
    client.submit("/sign-in/second-factor", "second-factor", code=harjinder.code())
    doubted = queue(harjinder)
    client.submit("/account/mobile", "mobile", mobile=harjinder.mobile.removeprefix("+91"))
    work(harjinder.app)

    client.submit("/account/mobile/verify", "verify", code=courier.letters[-1].codes["otp"])

    assert (silent, doubted, queue(harjinder)) == (0, 0, 1)


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


def test_every_promotional_message_carries_its_stop_link() -> None:
    promotional = [template for template in registry().templates.values() if template.is_promotional]

    assert promotional
    assert all("stop" in {variable.name for variable in template.variables} for template in promotional)


def test_announcing_says_where_the_links_to_stop_lead(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["messages", "announce", "newsletter", "--page", PAGE])

    assert result.exit_code == 0
    assert f"The links to stop lead to {app.extensions['settings'].site} " in result.stderr
