"""Taking a yes back is as easy as giving it: counted in requests, for every purpose, on every page that shows its switch (P29, P38)."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from flask import Flask, request, request_started

from msewa.consents import queries
from msewa.consents.purposes import purposes
from tests.conftest import ClockHandle
from tests.consents.conftest import at_once, sender
from tests.people import Somebody
from tests.strict_client import StrictClient

# Those of portals are pressed in tests/tracker: each portal has a switch of its own.
CHOICES = [purpose.id for purpose in purposes().values() if purpose.is_choice and not purpose.is_per_recipient]
# Where a switch stands, and its form there.
PLACES: dict[str, tuple[str, str]] = {
    "all choices": ("/privacy/choices", "choice-{}"),
    "its own page": ("/privacy/choices/{}", "answer"),
    "the dashboard": ("/privacy", "choice-{}"),
}


def state(her: Somebody, purpose_id: str) -> str:
    with her.app.app_context():
        return next(str(one.state) for one in queries.list_choices(her.subject()) if one.purpose.id == purpose_id)


@contextmanager
def asked(app: Flask) -> Iterator[list[str]]:
    """Every request that reaches the application meanwhile."""
    seen: list[str] = []

    def note(sender: Flask, **_: object) -> None:
        seen.append(request.path)

    with request_started.connected_to(note, app):
        yield seen


def press(client: StrictClient, place: str, purpose_id: str, *, on: str) -> int:
    """Open a page, press the button whose value is `on`, go where that leads; return how many requests that took."""
    path, form = (part.format(purpose_id) for part in PLACES[place])
    with asked(client.application) as seen:
        page = client.page(path)
        buttons = [node.get("value") for node in page.one(f"form-{form}").iter() if str(node.tag).endswith("button")]
        assert on in buttons, f"{place} has no such button"
        action = page.one(f"form-{form}").get("action")
        client.post(action, data=page.fields(form) | {"on": on}, follow_redirects=True)
    return len(seen)


@pytest.mark.promise("P38")
@pytest.mark.promise("P29")
@pytest.mark.parametrize("purpose_id", CHOICES)
def test_withdrawing_takes_no_more_requests_than_giving(her: Somebody, client: StrictClient, clock: ClockHandle, purpose_id: str) -> None:
    yes = {"all choices": "1", "its own page": "1"}
    no = {"all choices": "0", "its own page": "no", "the dashboard": "0"}
    giving: list[int] = []
    for place, on in yes.items():
        giving.append(press(client, place, purpose_id, on=on))
        assert state(her, purpose_id) == "given"
        press(client, "all choices", purpose_id, on="0")

    withdrawing: list[int] = []
    for place, on in no.items():
        press(client, "all choices", purpose_id, on="1")
        # By now a proof of who she is would be asked anew, were there one.
        clock.advance(minutes=14)
        withdrawing.append(press(client, place, purpose_id, on=on))
        assert state(her, purpose_id) == "withdrawn"

    assert max(withdrawing) <= min(giving)


@pytest.mark.parametrize("keys", ["one form key", "each its own"])
@pytest.mark.parametrize("on", ["1", "0"])
def test_a_choice_that_is_sent_many_times_at_once_is_noted_once(her: Somebody, client: StrictClient, keys: str, on: str) -> None:
    if on == "0":
        press(client, "all choices", "newsletter", on="1")
    forms = [client.page("/privacy/choices").fields("choice-newsletter") for _ in range(6)]
    if keys == "one form key":
        forms = forms[:1] * 6

    answers = at_once([sender(her, "/privacy/choices/newsletter", form | {"on": on}, client) for form in forms])

    with her.app.app_context():
        events = [(event["event"], event["number"]) for event in queries.list_events(her.subject())]
        receipts = queries.list_receipts(her.subject())
    assert answers == [303] * 6
    assert events == ([("given", 1)] if on == "1" else [("given", 1), ("withdrawn", 2)])
    assert len(receipts) == len(events)


def test_a_yes_and_a_no_at_once_stand_in_some_order(her: Somebody, client: StrictClient) -> None:
    forms = [client.page("/privacy/choices").fields("choice-digest") | {"on": on} for on in ("1", "0") * 4]

    answers = at_once([sender(her, "/privacy/choices/digest", values, client) for values in forms])

    with her.app.app_context():
        events = queries.list_events(her.subject())
    assert answers == [303] * 8
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert all(one["event"] != other["event"] for one, other in pairwise(events))
