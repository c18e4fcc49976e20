"""Looking for a person: masked, for a case and a reason, and on her page (P47, P48)."""

import re

import pytest
from flask import Flask

from msewa.dpo.values import list_fields
from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat, open_case, seat
from tests.people import PROFILE
from tests.strict_client import Page

REASON = "She asked us why her form was refused"


def searched(officer: Seat, whom: Seat, case: str, reason: str = REASON) -> Page:
    answer = officer.client.submit("/dpo/people", "search", mobile=whom.person.mobile, case=case, reason=reason)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return Page(answer.get_data(as_text=True))


@pytest.mark.promise("P48")
def test_a_person_is_found_masked_and_nothing_of_her_is_opened(anita: Seat, harjinder: Seat) -> None:
    page = searched(anita, harjinder, open_case(anita))

    number = harjinder.person.mobile.removeprefix("+91")
    assert f"{number[0]}•••••{number[-4:]}" in page.text
    assert page.words("masked-address") == "•••••"
    assert not [value for value in (number, harjinder.person.full_name, *PROFILE.values()) if f">{value}<" in page.text]


@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_no_field_speaks_to_the_officer_as_if_it_were_the_officers_own(app: Flask, language: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        named = dict(list_fields(language))

    assert [name for name in named.values() if re.search(r"\b(you|your|my)\b|ਤੁਸੀਂ|ਤੁਹਾਡ|ਆਪਣ|आप|अपन", name, re.IGNORECASE)] == []
    assert named["full_name"] == {"en": "Full name", "pa": "ਪੂਰਾ ਨਾਂ", "hi": "पूरा नाम"}[language]


@pytest.mark.promise("P48")
def test_the_search_itself_is_on_her_page_with_its_reason(anita: Seat, harjinder: Seat) -> None:
    case = open_case(anita)

    searched(anita, harjinder, case)

    entry = harjinder.ledger()[0]
    assert (entry["act"], entry["about"], entry["reason"], entry["actor"]["kind"]) == ("looked", case, REASON, "dpo")
    assert "person.searched" in anita.acts()


@pytest.mark.promise("P48")
def test_opening_a_field_shows_that_field_alone_and_lands_on_her_page(anita: Seat, harjinder: Seat) -> None:
    case = open_case(anita)
    fields = {**searched(anita, harjinder, case).fields("open"), "fields": ["address"], "reason": REASON}

    answer = anita.client.post("/dpo/people/open", data=fields)

    page = Page(answer.get_data(as_text=True))
    assert page.words("value-address") == PROFILE["address"]
    assert PROFILE["father_name"] not in page.text
    entry = harjinder.ledger()[0]
    assert (entry["act"], entry["fields"], entry["reason"], entry["about"]) == ("looked", ["address"], REASON, case)


def test_what_is_wrong_stands_above_in_the_order_of_the_questions(anita: Seat) -> None:
    answer = anita.client.submit("/dpo/people", "search")

    links = [node.get("href") for node in Page(answer.get_data(as_text=True)).one("error-summary").iter() if node.get("href")]
    assert (answer.status_code, links) == (422, ["#mobile", "#case", "#reason"])


def test_an_officer_is_asked_for_the_number_not_for_the_officers_own(anita: Seat) -> None:
    answer = anita.client.submit("/dpo/people", "search", mobile="", case=open_case(anita), reason=REASON)

    assert Page(answer.get_data(as_text=True)).words("error-mobile") == "Write the mobile number"


@pytest.mark.promise("P47")
@pytest.mark.parametrize("case", ["C-AAAA-AAAA", "nonsense", "G-AAAA-AAAA"])
def test_without_an_open_case_nothing_is_read(anita: Seat, harjinder: Seat, case: str) -> None:
    before = len(harjinder.ledger())

    answer = anita.client.submit("/dpo/people", "search", mobile=harjinder.person.mobile, case=case, reason=REASON)

    assert answer.status_code == 403
    assert len(harjinder.ledger()) == before
    assert "no open complaint of this person" in Page(answer.get_data(as_text=True)).words("error-summary")
    assert anita.acts()[0] == "person.searched", "that she asked is kept all the same"


@pytest.mark.promise("P47")
def test_a_closed_case_opens_nothing_any_more(anita: Seat, harjinder: Seat) -> None:
    case = open_case(anita)
    fields = {**searched(anita, harjinder, case).fields("open"), "fields": ["address"], "reason": REASON}
    anita.client.submit("/dpo/cases", "close-case")

    answer = anita.client.post("/dpo/people/open", data=fields)

    assert answer.status_code == 403
    assert PROFILE["address"] not in answer.get_data(as_text=True)


@pytest.mark.promise("P47")
def test_a_complaint_opens_its_own_writer_and_nobody_else(anita: Seat, harjinder: Seat, stranger: Seat) -> None:
    ref = harjinder.client.submit("/grievances/new", "grievance", text="Why was I refused?").headers["Location"].rpartition("/")[2]

    own = anita.client.submit("/dpo/people", "search", mobile=harjinder.person.mobile, case=ref, reason=REASON)
    others = anita.client.submit("/dpo/people", "search", mobile=stranger.person.mobile, case=ref, reason=REASON)

    assert (own.status_code, others.status_code) == (200, 403)


@pytest.mark.promise("P48")
@pytest.mark.parametrize(("missing", "value"), [("reason", ""), ("reason", "   "), ("fields", None)])
def test_without_a_reason_or_a_field_nothing_opens(anita: Seat, harjinder: Seat, missing: str, value: str | None) -> None:
    fields = {**searched(anita, harjinder, open_case(anita)).fields("open"), "fields": ["address"], "reason": REASON, missing: value}

    answer = anita.client.post("/dpo/people/open", data={name: one for name, one in fields.items() if one is not None})

    assert answer.status_code == 422
    assert PROFILE["address"] not in answer.get_data(as_text=True)


@pytest.mark.parametrize("person", ["", "\x00", "f" * 32, "é" * 9000, "\ud800"], ids=["none", "nul", "nobody", "long", "surrogate"])
def test_an_account_that_is_none_opens_nothing(anita: Seat, harjinder: Seat, person: str) -> None:
    fields = {**searched(anita, harjinder, open_case(anita)).fields("open"), "fields": ["address"], "reason": REASON}

    answer = anita.client.post("/dpo/people/open", data={**fields, "person": person.encode("utf-8", "surrogatepass")})

    assert answer.status_code == 404


def test_opening_asks_for_proof_again_after_ten_minutes(anita: Seat, harjinder: Seat, clock: ClockHandle) -> None:
    fields = {**searched(anita, harjinder, open_case(anita)).fields("open"), "fields": ["address"], "reason": REASON}
    clock.advance(minutes=11)

    answer = anita.client.post("/dpo/people/open", data=fields)

    assert answer.headers["Location"].startswith("/account/prove")


def test_a_number_of_nobody_is_told_so_and_kept_with_the_officer(anita: Seat) -> None:
    answer = anita.client.submit("/dpo/people", "search", mobile="9876500000", case=open_case(anita), reason=REASON)

    assert answer.status_code == 422
    assert anita.acts()[0] == "person.searched"


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("role", ["citizen", "operator", "officer"])
def test_nobody_else_reaches_the_console(app: Flask, role: str) -> None:
    other = seat(app, role=role, office="bdpo" if role == "officer" else None)

    assert {other.client.get(path).status_code for path in ("/dpo", "/dpo/people", "/dpo/legal", "/dpo/breaches")} == {403}
