"""What the link in a message ends is an event of the choice, with its receipt and its row; her page says so (P64)."""

import pytest
from flask import Flask

from msewa.consents.queries import list_events, list_receipts
from msewa.ledger.queries import list_entries
from tests.notifications.conftest import RecordingCourier, allow, queue, stop_path, work
from tests.people import Somebody, sign_in
from tests.strict_client import StrictClient

ONE_PRESS = {"List-Unsubscribe": "One-Click"}


def press(person: Somebody, path: str, **data: str) -> int:
    """Press the link's button in a browser without any cookie."""
    return person.app.test_client(use_cookies=False).post(path, data=data).status_code


def events(person: Somebody, topic: str) -> list[tuple[str, str]]:
    """Return what happened to a choice, and who did it."""
    with person.app.app_context():
        return [(row["event"], row["actor"]) for row in list_events(person.subject()) if row["purpose"] == topic]


def rows(person: Somebody) -> list[tuple[str, str, str]]:
    """Return what her ledger says of choices that nobody signed in for, the newest first."""
    with person.app.app_context():
        found = [(entry["act"], entry["about"], entry["actor"]["kind"]) for entry in list_entries(person.subject())]
    return [row for row in found if row[0].endswith("_by_link")]


def is_on(client: StrictClient, topic: str) -> bool:
    """Whether her dashboard lists a choice among those that are on."""
    return topic in [row.get("data-id") for row in client.page("/privacy").all("choice-row")]


@pytest.mark.promise("P64")
def test_the_link_withdraws_the_choice_and_her_dashboard_shows_it_off(
    harjinder: Somebody, courier: RecordingCourier, client: StrictClient
) -> None:
    allow(harjinder, "promo.private", "channel.sms")
    queue(harjinder, "promo.private")
    work(harjinder.app)
    sign_in(client, harjinder)
    before = is_on(client, "promo.private")

    code = press(harjinder, "/" + courier.letters[0].stop.split("/", 3)[3])

    assert code == 303
    assert (before, is_on(client, "promo.private")) == (True, False)
    assert events(harjinder, "promo.private") == [("given", "citizen"), ("withdrawn", "visitor")]
    assert rows(harjinder) == [("choice.withdrawn_by_link", "promo.private", "visitor")]
    assert "Switched off on" in client.page("/privacy/choices/promo.private").words("choice-state")


@pytest.mark.promise("P64")
def test_the_receipt_of_it_says_that_it_was_done_by_the_link(harjinder: Somebody) -> None:
    allow(harjinder, "newsletter", "channel.sms")

    press(harjinder, stop_path(harjinder), **ONE_PRESS)

    with harjinder.app.app_context():
        records = [one.record for one in list_receipts(harjinder.subject())]
    found = {record["hasConsentStatus"]: record.get("hasIndicationMethod") for record in records}
    assert found == {"dpv:ConsentGiven": None, "dpv:ConsentWithdrawn": "the link in a message, without signing in"}


@pytest.mark.promise("P64")
def test_stop_all_withdraws_what_was_allowed_and_refuses_nothing_in_her_name(harjinder: Somebody) -> None:
    allow(harjinder, "newsletter", "promo.gov", "channel.sms", "channel.email")

    press(harjinder, stop_path(harjinder), all="yes")

    assert [events(harjinder, topic)[-1][0] for topic in ("newsletter", "promo.gov")] == ["withdrawn", "withdrawn"]
    assert events(harjinder, "promo.own") == events(harjinder, "digest") == []
    assert {row[1] for row in rows(harjinder)} == {"newsletter", "promo.gov", "promo.own", "promo.private", "digest"}


@pytest.mark.promise("P64")
def test_what_still_comes_another_way_stays_on_and_the_stop_is_kept_though_she_lets_it_come_again(
    harjinder: Somebody, client: StrictClient
) -> None:
    allow(harjinder, "newsletter", "channel.sms", "channel.email")
    sign_in(client, harjinder)

    press(harjinder, stop_path(harjinder))
    after = is_on(client, "newsletter")
    client.submit("/privacy/messages", "messages", on="newsletter sms")

    assert after
    assert events(harjinder, "newsletter") == [("given", "citizen")]
    assert rows(harjinder) == [("choice.channel_off_by_link", "newsletter, sms", "visitor")]
    assert queue(harjinder) == 2
    text = client.page("/privacy/looks?all=1").text
    assert "Switched off by the link in a message: Newsletter, SMS" in " ".join(text.split())


@pytest.mark.promise("P64")
def test_the_last_way_that_is_stopped_withdraws_the_choice(harjinder: Somebody) -> None:
    allow(harjinder, "newsletter", "channel.sms", "channel.email")

    press(harjinder, stop_path(harjinder, channel="email"))
    press(harjinder, stop_path(harjinder))

    assert events(harjinder, "newsletter")[-1] == ("withdrawn", "visitor")


def test_a_link_pressed_again_adds_nothing(harjinder: Somebody) -> None:
    allow(harjinder, "newsletter", "channel.sms")
    press(harjinder, stop_path(harjinder), **ONE_PRESS)
    once = (events(harjinder, "newsletter"), rows(harjinder))

    codes = [press(harjinder, stop_path(harjinder), **ONE_PRESS) for _ in range(2)]

    assert codes == [200, 200]
    assert (events(harjinder, "newsletter"), rows(harjinder)) == once


def test_looking_at_the_link_withdraws_nothing(app: Flask, harjinder: Somebody) -> None:
    allow(harjinder, "newsletter", "channel.sms")

    app.test_client(use_cookies=False).get(stop_path(harjinder))

    assert events(harjinder, "newsletter") == [("given", "citizen")]
    assert rows(harjinder) == []
