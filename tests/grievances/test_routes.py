"""Complaining by the pages, as a person without scripts would."""

import pytest
from flask import Flask

from msewa.grievances.rules import MOST_OPEN
from msewa.ledger.queries import list_entries
from tests.at_once import at_once, prepared, tabs
from tests.conftest import ClockHandle
from tests.grievances.conftest import TEXT, Complainant, answered, filed
from tests.people import Somebody, sign_in
from tests.strict_client import Page, StrictClient


def acts(who: Complainant) -> list[str]:
    with who.app.app_context():
        return [entry["act"] for entry in list_entries(who.person.subject())]


@pytest.mark.promise("P76")
def test_a_complaint_gets_a_number_a_last_day_and_a_message(harjinder: Complainant, clock: ClockHandle) -> None:
    ref = harjinder.complain()

    page = harjinder.client.page(f"/grievances/{ref}")
    assert page.words("grievance-ref") == ref
    assert page.words("value-text") == TEXT
    assert page.words("grievance-status") == "Received"
    due = harjinder.complaint(ref)
    assert (due.due_at - due.filed_at).days == 90
    assert harjinder.messages() == ["grievance_received"]
    assert acts(harjinder)[0] == "grievance.filed"


def test_a_whole_aadhaar_number_is_kept_in_no_complaint(harjinder: Complainant) -> None:
    text = f"{TEXT} My Aadhaar number is 2341 2341 2346."

    answer = harjinder.client.submit("/grievances/new?about=general", "grievance", text=text)

    assert answer.status_code == 422
    assert "We never keep the whole number" in Page(answer.get_data(as_text=True)).words("error-text")
    assert "grievance.filed" not in acts(harjinder)


@pytest.mark.parametrize("backend", ["postgres"])
def test_of_many_complaints_at_once_no_more_are_taken_than_one_person_may_have(harjinder: Complainant) -> None:
    for _ in range(MOST_OPEN - 1):
        filed(harjinder.person)
    presses = [prepared(tab, "/grievances/new?about=general", "grievance", text=TEXT) for tab in tabs(harjinder.client, 4)]

    answers = at_once(*presses)

    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]


@pytest.mark.promise("P76")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_page_leads_to_complaining_and_from_there_to_the_states_portal(client: StrictClient) -> None:
    assert '<a href="/grievances">Complaint</a>' in client.get("/").get_data(as_text=True)

    page = client.page("/grievances")

    assert 'href="https://connect.punjab.gov.in"' in page.text
    assert "Data Protection Board" in page.text


@pytest.mark.promise("P76")
def test_after_91_days_without_an_answer_it_is_overdue_and_the_board_comes_next(harjinder: Complainant, clock: ClockHandle) -> None:
    ref = harjinder.complain()
    early = harjinder.client.page(f"/grievances/{ref}")
    clock.advance(days=91)
    sign_in(harjinder.client, harjinder.person)
    late = harjinder.client.page(f"/grievances/{ref}")

    assert early.all("grievance-overdue") == []
    assert early.all("form-escalate") == []
    assert late.words("grievance-overdue") == "Overdue"
    assert len(late.all("form-escalate")) == 1
    assert harjinder.messages()[-1] == "grievance_overdue"
    assert harjinder.client.page("/grievances").all("grievance-overdue")


def test_going_to_the_board_is_noted_once(harjinder: Complainant, clock: ClockHandle, anita: Somebody) -> None:
    ref = harjinder.complain()
    answered(harjinder.complaint(ref), by=anita)

    first = harjinder.client.submit(f"/grievances/{ref}", "escalate")
    page = harjinder.client.page(f"/grievances/{ref}")

    assert first.status_code == 303
    assert page.words("grievance-status") == "With the Board next"
    assert acts(harjinder)[0] == "grievance.escalated"
    assert harjinder.messages()[-2:] == ["grievance_answered", "grievance_escalated"]


def test_an_answer_that_is_enough_closes_the_complaint(harjinder: Complainant, anita: Somebody) -> None:
    ref = harjinder.complain()
    answered(harjinder.complaint(ref), by=anita, text="It was the clerk of your own application.")

    said = harjinder.client.page(f"/grievances/{ref}").words("answer")
    harjinder.client.submit(f"/grievances/{ref}", "close")

    assert said == "It was the clerk of your own application."
    assert harjinder.client.page(f"/grievances/{ref}").words("grievance-status") == "Closed"


def test_a_step_before_its_time_changes_nothing(harjinder: Complainant) -> None:
    ref = harjinder.complain()
    token = {name: harjinder.client.page("/grievances/new").fields("grievance")[name] for name in ("csrf_token",)}

    for step in ("close", "escalate"):
        assert harjinder.client.post(f"/grievances/{ref}/{step}", data=token).status_code == 303

    assert harjinder.complaint(ref).state == "received"


def test_a_complaint_can_be_about_a_row_of_the_ledger(harjinder: Complainant, stranger: Complainant) -> None:
    harjinder.complain()
    with harjinder.app.app_context():
        number = list_entries(harjinder.person.subject())[0]["number"]

    ref = harjinder.complain(about=f"look:{number}")

    assert "The look of" in harjinder.client.page(f"/grievances/{ref}").text
    assert stranger.client.get(f"/grievances/new?about=look:{number}").status_code == 404


def test_a_complaint_can_be_about_one_of_her_applications(harjinder: Complainant, stranger: Complainant) -> None:
    harjinder.client.submit("/services/birth-certificate", "apply")
    ref = harjinder.client.page("/applications").one("application-row").get("data-id")

    offered = f'value="application:{ref}"' in harjinder.client.page("/grievances/new").text
    number = harjinder.complain(about=f"application:{ref}")

    assert offered
    assert f"Application {ref}" in harjinder.client.page(f"/grievances/{number}").text
    assert stranger.client.get(f"/grievances/new?about=application:{ref}").status_code == 404


@pytest.mark.parametrize(
    "about", ["look:x", "look:99999999999999999999999999", "look:0", "look:²", "application:AAAA-AAAA", "correction:x", "", "x" * 500]
)
def test_what_is_not_hers_to_complain_about_is_not_there(harjinder: Complainant, about: str) -> None:
    assert harjinder.client.get("/grievances/new", query_string={"about": about}).status_code == 404


@pytest.mark.parametrize(
    ("text", "message"), [("", "Write what happened"), ("\x00 ", "Write what happened"), ("a" * 4001, "at most 4,000")]
)
def test_a_complaint_without_words_or_with_too_many_is_asked_again(harjinder: Complainant, text: str, message: str) -> None:
    answer = harjinder.client.submit("/grievances/new", "grievance", text=text)

    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)


def test_the_same_form_sent_twice_is_one_complaint(harjinder: Complainant) -> None:
    fields = {**harjinder.client.page("/grievances/new").fields("grievance"), "text": TEXT}

    first, second = (harjinder.client.post("/grievances/new", data=fields) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert len(harjinder.client.page("/grievances").all("grievance-row")) == 1


def test_her_list_tells_her_complaints_apart_by_her_own_words(harjinder: Complainant) -> None:
    texts = ("Somebody read my address.", "The office " + "wrote " * 40)
    for text in texts:
        harjinder.client.submit("/grievances/new", "grievance", text=text)

    shown = ["".join(row.itertext()) for row in harjinder.client.page("/grievances").all("grievance-row")]

    assert sum(texts[0] in row for row in shown) == 1
    [cut] = [row for row in shown if "The office wrote" in row]
    assert "wrote…" in cut
    assert texts[1] not in cut


def test_somebody_elses_complaint_is_not_there(harjinder: Complainant, stranger: Complainant) -> None:
    ref = harjinder.complain()

    assert stranger.client.get(f"/grievances/{ref}").status_code == 404
    assert stranger.client.page("/grievances").all("grievance-row") == []


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("language", ["pa", "hi"])
def test_the_pages_speak_her_language(harjinder: Complainant, language: str) -> None:
    ref = harjinder.complain()

    pages = [harjinder.client.page(f"{path}?lang={language}") for path in ("/grievances", "/grievances/new", f"/grievances/{ref}")]

    assert all("Complaint" not in page.text for page in pages)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_demonstrations_officer_is_plainly_made_up(app: Flask, client: StrictClient) -> None:
    assert "This officer is made up" in client.page("/grievances").text


def test_who_went_on_to_the_board_is_not_told_to_go_there(harjinder: Complainant, clock: ClockHandle) -> None:
    ref = harjinder.complain()
    clock.advance(days=91)
    sign_in(harjinder.client, harjinder.person)
    before = harjinder.client.page(f"/grievances/{ref}").text

    harjinder.client.submit(f"/grievances/{ref}", "escalate")

    after = harjinder.client.page(f"/grievances/{ref}").text
    assert "You can go on to the Data Protection Board" in before
    assert "You can go on to the Data Protection Board" not in after
    assert "The next step is yours" in after


@pytest.mark.parametrize("about", ["application:AAAA-AAAA", "look:99", "", "\x00"])
def test_what_she_wrote_is_kept_when_what_it_was_about_is_gone(harjinder: Complainant, about: str) -> None:
    answer = harjinder.client.submit("/grievances/new", "grievance", text=TEXT, about=about)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Choose one from the list" in page
    assert TEXT in page
