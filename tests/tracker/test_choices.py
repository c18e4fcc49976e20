"""Letting a portal ask is a choice of its own: an event, a receipt that names it, and a line where everything stands that went."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from msewa.consents.holding import HOLDING as CHOICES_HELD
from msewa.consents.models import ChoiceEvent
from msewa.consents.purposes import get_purpose, shown
from msewa.consents.queries import list_events
from msewa.extensions import db, writing
from msewa.tracker.queries import list_given
from msewa.web.clock import day_of
from tests.conftest import ClockHandle
from tests.people import Somebody, sign_in
from tests.strict_client import StrictClient
from tests.tracker.conftest import ADDRESS, Ask, switch


def receipts_of(person: Somebody) -> list[dict[str, Any]]:
    """Return what her receipts of choices say, the oldest first."""
    with person.app.app_context():
        return [one["record"] for one in CHOICES_HELD.gather(person.subject())["receipts"]]


@pytest.mark.promise("P29", "P34")
def test_giving_and_taking_back_is_a_choice_with_a_receipt_that_names_the_portal(client: StrictClient, her: Somebody) -> None:
    switch(client, on=True)
    switch(client, on=False)

    with her.app.app_context():
        events = list_events(her.subject())
        seal = shown(get_purpose("tracker"), "en").sha256
    receipts = receipts_of(her)
    assert [(one["purpose"], one["event"], one["notice"]["sha256"]) for one in events] == [
        ("tracker", "given", seal),
        ("tracker", "withdrawn", seal),
    ]
    assert [one["hasConsentStatus"] for one in receipts] == ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]
    assert {one["hasProcess"]["hasRecipient"]["hasIdentifier"] for one in receipts} == {ADDRESS}
    assert "Citizens&#39; portal" in client.page("/privacy/receipts").text


@pytest.mark.promise("P29")
def test_a_yes_to_one_portal_says_nothing_of_another(client: StrictClient, app: Flask, her: Somebody) -> None:
    switch(client, on=True)
    app.test_cli_runner().invoke(args=["tracker", "register", "IN/GOV/OTHER/portal", "Another"])

    with app.app_context():
        given = {one.client.address: one.is_on for one in list_given(her.subject())}

    assert given == {ADDRESS: True, "IN/GOV/OTHER/portal": False}


@pytest.mark.promise("P44")
def test_a_yes_to_words_that_do_not_hold_gives_no_code(client: StrictClient, her: Somebody) -> None:
    [row] = client.page("/privacy/tracker").all("choice-row")
    fields = client.page("/privacy/tracker").fields(f"choice-{row.get('data-id')}")

    answer = client.post(f"/privacy/tracker/{row.get('data-id')}", data={**fields, "notice": "0" * 64, "on": "1"})

    assert answer.status_code == 409
    assert client.page("/privacy/tracker").all("tracker-code") == []
    assert receipts_of(her) == []


@pytest.mark.promise("P44")
def test_a_code_is_of_no_use_without_a_choice_that_holds(client: StrictClient, app: Flask, her: Somebody, ask: Ask) -> None:
    code = switch(client, on=True)

    with app.app_context(), writing():
        db.session.execute(update(ChoiceEvent).where(ChoiceEvent.account_id == her.id).values(version=0))
        db.session.commit()

    assert ask(code).status_code == 400
    assert client.page("/privacy/tracker").all("tracker-code") == []


@pytest.mark.promise("P27", "P29")
def test_her_page_shows_the_portal_among_what_she_allows_and_where_it_went(
    client: StrictClient, her: Somebody, ask: Ask, clock: ClockHandle
) -> None:
    code, since = switch(client, on=True), clock.now()
    [portal] = client.page("/privacy").all("choice-row")
    before = {path: client.page(path) for path in ("/privacy", "/privacy/shared")}

    clock.advance(days=2)
    sign_in(client, her)
    answer = client.submit("/privacy", f"choice-{portal.get('data-id')}", on="0")
    after = {path: client.page(path) for path in ("/privacy", "/privacy/shared")}

    assert answer.headers["Location"] == "/privacy#allowed"
    assert ask(code).status_code == 400
    assert after["/privacy"].all("choice-row") == []
    assert all(page.one("portal-row").get("data-id") == portal.get("data-id") for page in (*before.values(), *after.values()))
    assert not [page for page in (*before.values(), *after.values()) if "Nothing has gone to anybody" in page.text]
    told = after["/privacy/shared"].words("portal-row")
    assert all(f"{day:%d/%m/%Y}" in told for day in map(day_of, (since, clock.now())))
    assert "None of the data itself" in told
    assert "/privacy/tracker" in {node.get("href") for node in after["/privacy"].root.iter()}


@pytest.mark.promise("P29")
def test_the_end_of_a_portal_ends_what_she_allowed_it(client: StrictClient, app: Flask, her: Somebody) -> None:
    switch(client, on=True)

    app.test_cli_runner().invoke(args=["tracker", "end", ADDRESS])

    assert [one["hasConsentStatus"] for one in receipts_of(her)] == ["dpv:ConsentGiven", "dpv:ConsentExpired"]
    assert client.page("/privacy").all("choice-row") == []
    assert "May ask" not in client.page("/privacy/shared").text


@pytest.mark.promise("P29")
def test_the_page_of_choices_leads_to_the_portals_and_takes_no_yes_for_all_of_them(client: StrictClient, her: Somebody) -> None:
    page = client.page("/privacy/choices")

    answer = client.post("/privacy/choices/tracker", data={**page.fields("choice-newsletter"), "on": "1"})

    assert page.one("by-recipient-row").get("data-id") == "tracker"
    assert client.get("/privacy/choices/tracker").headers["Location"] == "/privacy/tracker"
    assert answer.status_code == 400
