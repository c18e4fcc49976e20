"""Demands under law: two approve, the citizen sees it, informal ones are refused and counted (P30, P45, P46, P49)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.applications.references import new_reference
from msewa.dpo.forms import INDIA
from msewa.dpo.holding import HOLDING
from msewa.dpo.models import LegalDisclosure
from msewa.dpo.rules import names_a_provision
from msewa.extensions import db, writing
from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat
from tests.people import PROFILE

DEMAND = {"ground": "law", "authority": "Sessions Court Barnala", "provision": "BNSS 2023, section 94", "instrument": "Order 114 of 2026"}


def drafted(officer: Seat, whom: Seat, **other: Any) -> str:
    """Write a demand down by the page; return its number."""
    answer = asked(officer, whom, **other)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"].rpartition("/")[2]


def asked(officer: Seat, whom: Seat, **other: Any) -> Any:
    return officer.client.submit(
        "/dpo/legal/new", "demand", **{**DEMAND, "subject": whom.person.mobile, "fields": ["address", "bank_account"], **other}
    )


def done(officer: Seat, number: str, act: str) -> int:
    fields = officer.client.page(f"/dpo/legal/{number}").fields("withdraw")
    return officer.client.post(f"/dpo/legal/{number}", data={**fields, "do": act}).status_code


def carried_out(first: Seat, second: Seat, whom: Seat, **other: Any) -> str:
    number = drafted(first, whom, **other)
    assert [done(first, number, "approve"), done(second, number, "approve"), done(first, number, "execute")] == [303] * 3
    return number


def public(seat: Seat) -> dict[str, str]:
    page = seat.client.page("/transparency")
    return {kind: page.words(f"value-{kind}") for kind in ("law", "life", "informal", "permitted")}


@pytest.mark.promise("P30", "P45")
def test_one_approver_is_not_enough_not_even_twice(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    number, before = drafted(anita, harjinder), harjinder.acts()

    alone = [done(anita, number, act) for act in ("approve", "approve", "execute")]

    page = anita.client.page(f"/dpo/legal/{number}")
    assert alone == [303, 303, 409]
    assert page.words("demand-state") == "To approve"
    assert harjinder.acts() == before
    assert public(anita)["law"] == "0"


@pytest.mark.promise("P30")
def test_approved_by_two_it_waits_to_be_carried_out_and_no_longer_to_be_approved(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    number = drafted(anita, harjinder)

    said = list[str]()
    for officer in (anita, jaspreet):
        done(officer, number, "approve")
        said += [officer.client.page(f"/dpo/legal/{number}").words("demand-state"), officer.client.page("/dpo/legal").words("demand-state")]

    assert said == ["To approve"] * 2 + ["Approved, to be carried out"] * 2


@pytest.mark.promise("P30", "P45")
@pytest.mark.parametrize("provision", ["", "the law", "94", "   "])
def test_without_a_provision_nothing_goes_further(anita: Seat, harjinder: Seat, provision: str) -> None:
    answer = asked(anita, harjinder, provision=provision)

    assert answer.status_code == 400
    assert "Name the act and its section" in answer.get_data(as_text=True)
    assert anita.client.page("/dpo/legal").all("demand-row") == []


@pytest.mark.promise("P30", "P46")
def test_without_a_gag_she_sees_it_at_once(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    number = carried_out(anita, jaspreet, harjinder)

    entry = harjinder.ledger()[0]
    assert (entry["act"], entry["about"], entry["fields"]) == ("disclosure.law", number, ["address", "bank_account"])
    assert all(part in entry["reason"] for part in (DEMAND["provision"], DEMAND["authority"], DEMAND["instrument"]))
    assert harjinder.messages() == ["disclosure_shown"]
    assert f"Given out as a law requires: {DEMAND['provision']}" in harjinder.client.page("/privacy").text


@pytest.mark.promise("P46")
def test_a_refusal_that_is_sent_twice_is_counted_once(anita: Seat) -> None:
    fields = {**anita.client.page("/dpo/legal/new").fields("demand"), "ground": "informal"}

    answers = [anita.client.post("/dpo/legal/new", data=fields).status_code for _ in range(2)]

    assert answers == [400, 303]
    assert public(anita)["informal"] == "1"


@pytest.mark.promise("P49")
def test_danger_to_life_needs_no_section_but_two_officers_and_she_is_told_within_72_hours(
    anita: Seat, jaspreet: Seat, harjinder: Seat, clock: ClockHandle
) -> None:
    far = (clock.now() + timedelta(days=60)).date().isoformat()
    number = drafted(anita, harjinder, ground="life", provision="", gag_until=far, gag_basis="Her life")
    assert done(anita, number, "execute") == 409
    for officer in (anita, jaspreet):
        done(officer, number, "approve")
    done(anita, number, "execute")

    clock.advance(hours=72, minutes=1)
    harjinder.again().work()

    assert harjinder.acts()[0] == "disclosure.life"
    assert "Given out because a life was in danger" in harjinder.client.page("/privacy").text
    assert public(anita)["life"] == "1"


@pytest.mark.promise("P46", "P49")
@pytest.mark.parametrize("ground", ["informal", "permitted"])
def test_a_request_without_a_law_is_refused_and_counted_for_all_to_see(anita: Seat, harjinder: Seat, ground: str) -> None:
    before = len(harjinder.ledger())

    answer = asked(anita, harjinder, ground=ground)

    assert answer.status_code == 400
    assert "Refused, and counted" in answer.get_data(as_text=True)
    assert anita.client.page("/dpo/legal").all("demand-row") == []
    assert public(anita)[ground] == "1"
    assert len(harjinder.ledger()) == before
    assert anita.acts()[0] == "legal.refused"


@pytest.mark.promise("P30", "P48")
def test_whether_anybody_has_a_number_shows_at_no_draft(anita: Seat, harjinder: Seat) -> None:
    pages, acts, before = set[str](), list[list[str]](), harjinder.acts()
    for subject in (harjinder.person.mobile, "9876500000", new_reference()):
        seen = len(anita.acts())
        number = drafted(anita, harjinder, subject=subject)
        acts.append(anita.acts()[:-seen])
        said = anita.client.page(f"/dpo/legal/{number}").words("page-dpo.demand")
        pages.add(re.sub(r"\d\d:\d\d", "", said.replace(number, "")))

    assert len(pages) == 1
    assert acts == [["legal.drafted"]] * 3
    assert harjinder.acts() == before, "nobody learned anything of her"


@pytest.mark.promise("P30", "P48")
@pytest.mark.parametrize("nobody", ["a mobile number", "an application", "whoever left meanwhile"])
def test_a_demand_for_a_number_of_nobody_ends_when_it_is_carried_out_and_is_kept_as_a_search_is(
    anita: Seat, jaspreet: Seat, harjinder: Seat, nobody: str
) -> None:
    subjects = {"a mobile number": "9876500000", "an application": new_reference()}
    number = drafted(anita, harjinder, subject=subjects.get(nobody, harjinder.person.mobile))
    if nobody == "whoever left meanwhile":
        harjinder.client.submit("/account/delete", "delete")
    for officer in (anita, jaspreet):
        done(officer, number, "approve")

    fields = jaspreet.client.page(f"/dpo/legal/{number}").fields("execute")
    answer = jaspreet.client.post(f"/dpo/legal/{number}", data=fields)

    assert answer.status_code == 409
    assert "Nobody has this number" in answer.get_data(as_text=True)
    assert anita.client.page(f"/dpo/legal/{number}").words("demand-state") == "Put aside"
    entry = next(one for one in jaspreet.ledger() if one["act"] == "person.searched")
    assert DEMAND["instrument"] in entry["reason"]
    assert "9876500000" not in str(entry)


def document(officer: Seat, number: str) -> Any:
    return officer.client.submit(f"/dpo/legal/{number}/document", "document")


def test_the_document_holds_what_was_asked_for_and_nothing_else(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    number = carried_out(anita, jaspreet, harjinder)

    answer = document(jaspreet, number)

    assert answer.get_json()["values"] == {"address": PROFILE["address"], "bank_account": PROFILE["bank_account"]}
    assert answer.headers["Cache-Control"] == "no-store"
    assert [entry["act"] for entry in harjinder.ledger()][:2] == ["disclosure.law"] * 2, "each opening is a look"


def test_before_it_is_carried_out_there_is_no_document(anita: Seat, harjinder: Seat) -> None:
    assert document(anita, drafted(anita, harjinder)).status_code == 409


def test_a_person_is_found_by_an_application_too(anita: Seat, harjinder: Seat, stranger: Seat) -> None:
    stranger.client.submit("/services/birth-certificate", "apply")
    ref = stranger.client.page("/applications").one("application-row").get("data-id")

    by_application = drafted(anita, harjinder, subject=ref)

    with anita.app.app_context():
        owner = db.session.scalar(select(LegalDisclosure.account_id).order_by(LegalDisclosure.drafted_at.desc()))
    assert by_application.startswith("L-")
    assert owner == stranger.person.id


@pytest.mark.parametrize(
    "other",
    [
        {"fields": None},
        {"fields": ["no_such_field"]},
        {"ground": "because"},
        {"authority": ""},
        {"instrument": ""},
        {"subject": ""},
        {"gag_until": "2001-01-01", "gag_basis": "x 1"},
        {"gag_until": "soon", "gag_basis": "x 1"},
        {"gag_until": "2099-01-01"},
        {"gag_until": "9999-12-31", "gag_basis": "x 1"},
        {"gag_until": "2999-12-31", "gag_basis": "x 1"},
    ],
    ids=lambda other: "-".join(other),
)
def test_a_demand_that_lacks_something_is_asked_again(anita: Seat, harjinder: Seat, other: dict[str, Any]) -> None:
    assert asked(anita, harjinder, **other).status_code == 422
    assert anita.client.page("/dpo/legal").all("demand-row") == []


@pytest.mark.promise("P30")
@pytest.mark.parametrize(("days", "status"), [(1826, 303), (1828, 422)])
def test_nothing_is_secret_for_more_than_five_years(anita: Seat, harjinder: Seat, clock: ClockHandle, days: int, status: int) -> None:
    until = (clock.now().astimezone(INDIA) + timedelta(days=days)).date().isoformat()

    answer = asked(anita, harjinder, gag_until=until, gag_basis="section 5")

    assert answer.status_code == status
    assert ("five years at most" in answer.get_data(as_text=True)) is (status == 422)


def test_what_was_put_aside_can_not_be_carried_out(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    number = drafted(anita, harjinder)
    for officer in (anita, jaspreet):
        done(officer, number, "approve")
    stale = anita.client.page(f"/dpo/legal/{number}").fields("execute")
    done(jaspreet, number, "withdraw")

    assert anita.client.post(f"/dpo/legal/{number}", data=stale).status_code == 409


def test_an_erased_account_leaves_a_paper_that_names_nobody(anita: Seat, jaspreet: Seat, harjinder: Seat, app: Flask) -> None:
    number = carried_out(anita, jaspreet, harjinder)
    with app.app_context(), writing():
        gathered = HOLDING.gather(harjinder.person.subject())
        HOLDING.erase(harjinder.person.id)
        db.session.commit()
        row = db.session.execute(select(LegalDisclosure.account_id, LegalDisclosure.document)).one()

    assert gathered["disclosures_under_law"][0]["provision"] == DEMAND["provision"]
    assert tuple(row) == (None, None)
    assert document(anita, number).status_code == 409
    assert public(anita)["law"] == "1"


@pytest.mark.parametrize(
    ("text", "does"), [("BNSS 2023, section 94", True), ("ਧਾਰਾ 94", True), ("94", False), ("the law", False), ("", False)]
)
def test_a_provision_is_an_act_with_a_number(text: str, does: bool) -> None:
    assert names_a_provision(text) is does


@pytest.mark.promise("P30")
def test_the_first_page_counts_what_still_has_to_be_approved(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    number = drafted(anita, harjinder)

    counts = [waiting_for_approval(anita)]
    for officer in (anita, jaspreet):
        done(officer, number, "approve")
        counts.append(waiting_for_approval(anita))

    assert [count - counts[-1] for count in counts] == [1, 1, 0], "two approved it: it only waits to be carried out"


def waiting_for_approval(officer: Seat) -> int:
    found = re.search(r"<b>(\d+)</b> demands? under law to approve", officer.client.page("/dpo").text)
    assert found is not None
    return int(found[1])
