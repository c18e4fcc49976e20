"""Complaints at the console."""

import pytest

from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat
from tests.strict_client import Page

TEXT = "Somebody read my address on Diwali."
REASON = "To answer the complaint"


def complained(who: Seat) -> str:
    return who.client.submit("/grievances/new", "grievance", text=TEXT).headers["Location"].rpartition("/")[2]


def opened(officer: Seat, ref: str) -> Page:
    answer = officer.client.submit(f"/dpo/grievances/{ref}", "open", reason=REASON)
    assert answer.status_code == 200
    return Page(answer.get_data(as_text=True))


@pytest.mark.promise("P76")
def test_the_words_open_for_a_reason_that_she_reads(anita: Seat, harjinder: Seat) -> None:
    ref = complained(harjinder)
    closed = anita.client.page(f"/dpo/grievances/{ref}")

    page = opened(anita, ref)

    assert TEXT not in closed.text
    assert page.words("value-text") == TEXT
    looked = next(entry for entry in harjinder.ledger() if entry["act"] == "looked")
    assert (looked["reason"], looked["about"], looked["fields"]) == (REASON, ref, ["grievance"])
    assert harjinder.client.page(f"/grievances/{ref}").words("grievance-status") == "Being looked at"


def test_without_a_reason_the_words_stay_closed(anita: Seat, harjinder: Seat) -> None:
    answer = anita.client.submit(f"/dpo/grievances/{complained(harjinder)}", "open", reason="  ")

    assert answer.status_code == 422
    assert TEXT not in answer.get_data(as_text=True)


def test_an_answer_reaches_her_and_is_on_both_ledgers(anita: Seat, harjinder: Seat) -> None:
    ref = complained(harjinder)
    fields = {**opened(anita, ref).fields("answer"), "answer": "It was the clerk of your application."}

    first = anita.client.post(f"/dpo/grievances/{ref}/answer", data=fields)

    assert first.status_code == 303
    assert harjinder.client.page(f"/grievances/{ref}").words("answer") == "It was the clerk of your application."
    assert harjinder.messages() == ["grievance_received", "grievance_looking", "grievance_answered"]
    assert "grievance.answered" in anita.acts()
    assert "grievance.answered" in harjinder.acts()
    assert anita.client.page("/dpo/grievances").all("grievance-row") == []


def test_an_answer_needs_words_and_a_second_one_changes_nothing(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    ref = complained(harjinder)
    fields, others = opened(anita, ref).fields("answer"), opened(jaspreet, ref).fields("answer")

    empty = anita.client.post(f"/dpo/grievances/{ref}/answer", data={**fields, "answer": ""})
    anita.client.post(f"/dpo/grievances/{ref}/answer", data={**fields, "answer": "The first."})
    jaspreet.client.post(f"/dpo/grievances/{ref}/answer", data={**others, "answer": "The second."})

    assert empty.status_code == 422
    assert Page(empty.get_data(as_text=True)).all("form-open"), "her words can be opened again"
    assert harjinder.client.page(f"/grievances/{ref}").words("answer") == "The first."


def test_an_answered_complaint_can_be_closed(anita: Seat, harjinder: Seat) -> None:
    ref = complained(harjinder)
    anita.client.post(f"/dpo/grievances/{ref}/answer", data={**opened(anita, ref).fields("answer"), "answer": "Done."})

    anita.client.submit(f"/dpo/grievances/{ref}", "close")

    assert harjinder.client.page(f"/grievances/{ref}").words("grievance-status") == "Closed"


@pytest.mark.promise("P47")
def test_the_words_of_a_closed_complaint_open_for_no_reason(anita: Seat, harjinder: Seat) -> None:
    ref = complained(harjinder)
    reason = {**anita.client.page(f"/dpo/grievances/{ref}").fields("open"), "reason": REASON}
    anita.client.post(f"/dpo/grievances/{ref}/answer", data={**opened(anita, ref).fields("answer"), "answer": "Done."})
    anita.client.submit(f"/dpo/grievances/{ref}", "close")
    looks = [entry["act"] for entry in harjinder.ledger()].count("looked")

    answer = anita.client.post(f"/dpo/grievances/{ref}/open", data=reason)

    assert answer.status_code == 409
    assert TEXT not in answer.get_data(as_text=True)
    assert [entry["act"] for entry in harjinder.ledger()].count("looked") == looks


@pytest.mark.parametrize(("language", "title"), [("en", "The citizen's data"), ("pa", "ਨਾਗਰਿਕ ਦਾ ਡਾਟਾ"), ("hi", "नागरिक का डाटा")])
def test_its_title_speaks_to_the_officer_of_somebody_elses_data(anita: Seat, harjinder: Seat, language: str, title: str) -> None:
    fields = {**harjinder.client.page("/grievances/new").fields("grievance"), "about": "data", "text": TEXT}
    ref = harjinder.client.post("/grievances/new", data=fields).headers["Location"].rpartition("/")[2]

    page, inbox = anita.client.page(f"/dpo/grievances/{ref}?lang={language}"), anita.client.page("/dpo/grievances")

    assert f"<h1>{title}</h1>" in page.text
    assert title in inbox.text


def test_by_when_an_answer_is_due_is_shown_until_there_is_one(anita: Seat, harjinder: Seat) -> None:
    ref = complained(harjinder)
    page = opened(anita, ref)

    anita.client.post(f"/dpo/grievances/{ref}/answer", data={**page.fields("answer"), "answer": "Done."})

    assert page.words("answer-by").startswith("Answer by")
    assert anita.client.page(f"/dpo/grievances/{ref}").all("answer-by") == []


def test_the_first_due_stands_first_and_the_late_are_marked(anita: Seat, harjinder: Seat, clock: ClockHandle) -> None:
    early = complained(harjinder)
    clock.advance(days=10)
    late = complained(harjinder.again())
    clock.advance(days=81)

    page = anita.again().client.page("/dpo/grievances")

    assert [row.get("data-id") for row in page.all("grievance-row")] == [early, late]
    assert len(page.all("grievance-overdue")) == 1
    assert anita.client.page("/transparency").words("value-overdue") == "1"
