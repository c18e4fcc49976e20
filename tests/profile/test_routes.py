"""The profile's pages: whole, by section, and to whom they are open."""

from urllib.parse import unquote

import brotli
import pytest
from flask import Flask

from msewa.catalogue.queries import catalogue
from msewa.ledger.queries import list_entries
from msewa.profile.rules import SECTIONS
from tests.conftest import ClockHandle
from tests.people import PROFILE, signed_in
from tests.profile.lines import EDITABLE, edit, kept_by
from tests.strict_client import Page, StrictClient


def test_a_section_is_filled_at_one_go(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)
    family = {"father_name": "Gurbachan Singh", "mother_name": "Surjit Kaur", "marriage_date": "1/2/2010"}

    answer = client.submit("/profile/family", "profile-family", **family)

    assert answer.status_code == 303
    assert {key: kept_by(person)[key] for key in family} == family | {"marriage_date": "2010-02-01"}
    with app.app_context():
        acts = [entry["fields"] for entry in list_entries(person.subject()) if entry["act"] == "profile.changed"]
    assert acts == [sorted(family)]


def test_a_section_with_one_wrong_answer_keeps_nothing_but_what_was_typed(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)

    answer = client.submit("/profile/family", "profile-family", father_name="Gurbachan Singh", marriage_date="soon")

    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.fields("profile-family")["father_name"] == "Gurbachan Singh"
    assert page.words("error-marriage_date")
    assert set(kept_by(person)) == {"full_name", "mobile"}


@pytest.mark.promise("P9")
def test_a_field_nobody_asked_for_is_not_kept(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)

    answer = client.submit("/profile/family", "profile-family", mother_name="Surjit Kaur", pan="ABCPE1234F", imei="356938035643809")

    assert answer.status_code == 303
    assert set(kept_by(person)) == {"full_name", "mobile", "mother_name"}


@pytest.mark.promise("P15")
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_an_empty_profile_offers_every_line_and_asks_for_none(app: Flask, client: StrictClient, language: str) -> None:
    signed_in(client, app=app, language=language)

    page = client.page("/profile")

    shown = {node.get("data-testid") for node in page.root.iter() if isinstance(node.tag, str) and "value-" in node.get("data-testid", "")}
    links = {node.get("href") for node in page.root.iter() if isinstance(node.tag, str) and node.get("href")}
    assert shown == {"value-full_name", "value-mobile"}
    assert {f"/profile?edit={key}#{key}" for key, _ in EDITABLE} <= links
    assert {"/account/mobile", "/account/email"} <= links


def test_the_places_of_a_district_are_asked_once_it_is_known(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    assert client.page("/profile?edit=tehsil").all("form-profile-tehsil") == []
    assert client.page("/profile?edit=tehsil").all("form-profile-district")
    edit(client, "district", district="barnala")
    fields = client.page("/profile/address").fields("profile-address")

    assert {"tehsil", "ulb"} <= set(fields)


@pytest.mark.parametrize("path", ["/profile/contact", "/profile/nothing", "/profile/__class__"])
def test_a_section_that_is_not_filled_here_is_not_found(app: Flask, client: StrictClient, path: str) -> None:
    signed_in(client, app=app)

    assert client.get(path).status_code == 404


@pytest.mark.promise("P68")
def test_a_profile_is_open_to_its_citizen_alone(app: Flask, client: StrictClient, another_client: StrictClient) -> None:
    signed_in(client, app=app, profile=PROFILE, full_name="Asha Rani")
    signed_in(another_client, app=app, full_name="Ravi Kumar")

    own, others = client.get("/profile").text, another_client.get("/profile").text

    assert PROFILE["mother_name"] in own
    assert PROFILE["mother_name"] not in others
    assert StrictClient.of(app).get("/profile").status_code == 303
    officer = StrictClient.of(app)
    signed_in(officer, app=app, role="officer", office="health")
    assert officer.get("/profile").status_code == 403


def test_a_profile_is_stored_by_no_cache(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app, profile=PROFILE)

    assert "no-store" in client.get("/profile").headers["Cache-Control"]
    assert "no-store" in client.get("/profile/family").headers["Cache-Control"]


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("section", [section for section in SECTIONS if section != "contact"])
def test_every_question_says_why_it_is_asked_and_the_page_stays_light(app: Flask, client: StrictClient, section: str) -> None:
    signed_in(client, app=app, profile=PROFILE, language="pa")

    page = client.page(f"/profile/{section}")

    with app.app_context():
        asked = [field for field in catalogue().fields.values() if field.profile_section == section]
    said = " ".join("".join(page.root.itertext()).split())
    described = " ".join(node.get("aria-describedby", "") for node in page.root.iter()).split()
    assert {f"{field.key}-why" for field in asked} <= set(described)
    assert [field.key for field in asked if field.purpose["pa"] not in said] == []
    assert len(brotli.compress(page.text.encode(), quality=5)) <= 4096


def test_where_money_goes_changes_only_with_fresh_proof(client: StrictClient, app: Flask, clock: ClockHandle) -> None:
    person = signed_in(client, app=app, profile={"bank_account": "123456789012 SBIN0001234"})
    opened = client.page("/profile?edit=bank_account").fields("profile-bank_account")
    section = client.page("/profile/money").fields("profile-money")
    clock.advance(minutes=11)

    asked = client.get("/profile?edit=bank_account")
    line = client.post("/profile/money/bank_account", data={**opened, "bank_account": "918273645546 SBIN0009182"})
    whole = client.post("/profile/money", data={**section, "bank_account": "918273645546 SBIN0009182"})
    other = client.submit("/profile/money", "profile-money", income_annual="90000")

    for answer in (asked, line, whole):
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/account/prove?next=")
    assert kept_by(person)["bank_account"] == "123456789012 SBIN0001234"
    assert other.headers["Location"].startswith("/profile?kept=money")


def test_what_was_typed_beside_it_is_kept_while_proof_is_asked_for(client: StrictClient, app: Flask, clock: ClockHandle) -> None:
    person = signed_in(client, app=app)
    account, typed = "918273645546 SBIN0009182", {"income_annual": "90000", "land_acres": "2.5"}
    fields = client.page("/profile/money").fields("profile-money")
    assert typed.keys() < fields.keys()
    clock.advance(minutes=11)

    asked = [client.post("/profile/money", data=fields | typed | {"bank_account": account}) for _ in "12"]
    client.submit(asked[0].headers["Location"], "step-up", password=person.password, code=person.code())
    page = client.page(unquote(asked[0].headers["Location"].partition("?next=")[2]))

    assert asked[0].headers["Location"] == asked[1].headers["Location"], "a double tap leads to the same page"
    kept = kept_by(person)
    assert {key: kept[key] for key in typed} == typed
    assert "bank_account" not in kept
    assert "Not saved yet: first we had to ask if it is you." in page.text
    assert "Saved" in page.text
    saved = client.post("/profile/money/bank_account", data=page.fields("profile-bank_account") | {"bank_account": account})
    assert saved.headers["Location"].startswith("/profile?kept=bank_account")
    assert "Not saved yet" not in client.page("/profile?edit=bank_account").text


def test_a_line_that_is_asked_again_after_proof_claims_nothing_saved(client: StrictClient, app: Flask, clock: ClockHandle) -> None:
    signed_in(client, app=app)
    opened = client.page("/profile?edit=bank_account").fields("profile-bank_account")
    clock.advance(minutes=11)

    line = client.post("/profile/money/bank_account", data={**opened, "bank_account": "918273645546 SBIN0009182"})

    assert unquote(line.headers["Location"]) == "/account/prove?next=/profile?edit=bank_account&again=bank_account"
