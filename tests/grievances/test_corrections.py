"""Having an office correct its copy: it gets the old words and the new ones (P51)."""

import json
import re

import pytest

from msewa.extensions import db, writing
from msewa.grievances.holding import HOLDING
from tests.applications.conftest import Applicant, harjinder, offices, stranger, suspend
from tests.strict_client import Page

__all__ = ["harjinder", "offices", "stranger"]
AADHAAR = "2341 2341 2346"
REASON = "The spelling on my papers is another one."
NEW = "Gurbachan Singh Sidhu"


def fields_sent(applicant: Applicant, provider: str) -> list[dict]:
    applicant.work()
    parcels = json.loads(applicant.client.get(f"/sandbox/providers/{provider}/inbox.json").get_data())
    return [json.loads(one["payload_text"]) for one in parcels]


def corrected(applicant: Applicant, ref: str, **other: str):
    typed = {"field": "father_name", "new": NEW, "text": REASON, **other}
    return applicant.client.submit(f"/grievances/corrections/{ref}", "correction", **typed)


@pytest.mark.promise("P51")
def test_the_office_gets_the_old_words_and_the_new_ones_and_what_was_sent_stays(harjinder: Applicant) -> None:
    base = harjinder.sent()
    ref = base.rpartition("/")[2]
    before = harjinder.page(f"{base}/sent").words("value-father_name")

    answer = corrected(harjinder, ref)

    provider = harjinder.definition("birth-certificate").provider
    parcel = next(one for one in fields_sent(harjinder, provider) if one.get("kind") == "correction")
    assert (parcel["reference"], parcel["field"], parcel["old"], parcel["new"]) == (ref, "father_name", before, NEW)
    page = harjinder.page(answer.headers["Location"])
    assert REASON in page.text
    assert "has it" in page.text
    assert harjinder.page(f"{base}/sent").words("value-father_name") == before


@pytest.mark.parametrize(
    "other",
    [{"new": ""}, {"text": ""}, {"field": "no_such_field"}, {"field": "pincode", "new": "x"}, {"new": AADHAAR}, {"text": AADHAAR}],
    ids=str,
)
def test_a_correction_that_can_not_be_read_is_asked_again(harjinder: Applicant, other: dict[str, str]) -> None:
    ref = harjinder.sent().rpartition("/")[2]

    assert corrected(harjinder, ref, **other).status_code == 422


def test_nothing_is_chosen_for_her_and_what_is_missing_is_said_in_the_order_of_the_page(harjinder: Applicant) -> None:
    ref = harjinder.sent().rpartition("/")[2]

    offered = harjinder.page(f"/grievances/corrections/{ref}").fields("correction")
    answer = corrected(harjinder, ref, field="", new="", text="")

    said = re.findall(r'<li><a href="?#(\w+)', answer.get_data(as_text=True))
    assert offered["field"] == ""
    assert answer.status_code == 422
    assert said == ["field", "new", "text"]
    assert Page(answer.get_data(as_text=True)).words("error-text") == "Write why"


def test_a_draft_and_somebody_elses_application_have_nothing_to_correct(harjinder: Applicant, stranger: Applicant) -> None:
    draft = harjinder.begin().rpartition("/")[2]
    sent = harjinder.sent("income-certificate").rpartition("/")[2]

    assert harjinder.client.get(f"/grievances/corrections/{draft}").status_code == 404
    assert stranger.client.get(f"/grievances/corrections/{sent}").status_code == 404


@pytest.mark.promise("P28")
def test_an_office_that_never_had_an_application_is_not_asked_to_correct_it(harjinder: Applicant) -> None:
    base = harjinder.sent()
    ref = base.rpartition("/")[2]
    form = harjinder.page(f"/grievances/corrections/{ref}").fields("correction")
    linked = f"/grievances/corrections/{ref}" in harjinder.client.get(f"{base}/sent").get_data(as_text=True)

    harjinder.client.submit(f"{base}/withdraw", "withdraw")

    typed = {**form, "field": "father_name", "new": NEW, "text": REASON}
    assert harjinder.client.get(f"/grievances/corrections/{ref}").status_code == 404
    assert harjinder.client.post(f"/grievances/corrections/{ref}", data=typed).status_code == 404
    assert (linked, f"/grievances/corrections/{ref}" in harjinder.client.get(f"{base}/sent").get_data(as_text=True)) == (True, False)
    assert fields_sent(harjinder, harjinder.definition("birth-certificate").provider) == []


@pytest.mark.promise("P28")
def test_a_correction_is_taken_back_with_an_application_that_never_left(harjinder: Applicant) -> None:
    base = harjinder.sent()
    answer = corrected(harjinder, base.rpartition("/")[2])

    harjinder.client.submit(f"{base}/withdraw", "withdraw")

    assert fields_sent(harjinder, harjinder.definition("birth-certificate").provider) == []
    assert "does not have it" in harjinder.page(answer.headers["Location"]).text
    assert harjinder.client.get(f"/grievances/corrections/{base.rpartition('/')[2]}").status_code == 404


def test_what_was_taken_back_from_an_office_that_has_it_can_be_corrected_there(harjinder: Applicant) -> None:
    base = harjinder.sent()
    harjinder.work()
    harjinder.client.submit(f"{base}/withdraw", "withdraw")

    assert corrected(harjinder, base.rpartition("/")[2]).status_code == 303


def test_an_office_that_left_the_register_gets_nothing(harjinder: Applicant) -> None:
    ref = harjinder.sent().rpartition("/")[2]
    suspend(harjinder.app, harjinder.definition("birth-certificate").provider)

    answer = corrected(harjinder, ref)

    assert answer.status_code == 409
    assert harjinder.page("/grievances").all("grievance-row") == []


def test_a_correction_is_erased_with_its_package(harjinder: Applicant) -> None:
    ref = harjinder.sent().rpartition("/")[2]
    harjinder.work()
    corrected(harjinder, ref)
    provider = harjinder.definition("birth-certificate").provider

    with harjinder.app.app_context(), writing():
        HOLDING.erase(harjinder.person.id)
        db.session.commit()

    assert [one for one in fields_sent(harjinder, provider) if one.get("kind") == "correction"] == []


@pytest.mark.parametrize("typed", ["Boy", "boy", "ਮੁੰਡਾ"])
def test_an_answer_of_a_list_is_taken_by_its_name(harjinder: Applicant, typed: str) -> None:
    ref = harjinder.sent().rpartition("/")[2]

    answer = corrected(harjinder, ref, field="gender", new=typed)

    assert answer.status_code == 303
    said = harjinder.page(answer.headers["Location"]).text
    assert "What is wrong?" in said
    assert "<dd>Boy</dd>" in said


def test_what_is_no_answer_of_the_list_brings_the_list(harjinder: Applicant) -> None:
    ref = harjinder.sent().rpartition("/")[2]

    answer = corrected(harjinder, ref, field="gender", new="woman, as I am")

    page = Page(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "Choose one from the list" in page.text
    assert {"female", "male"} <= {option.get("value") for option in page.one("form-correction").iter() if option.get("value")}
    assert REASON in page.text


def test_the_list_is_there_at_once_where_the_address_names_the_field(harjinder: Applicant) -> None:
    ref = harjinder.sent().rpartition("/")[2]

    page = harjinder.page(f"/grievances/corrections/{ref}?field=gender")

    assert page.fields("correction")["field"] == "gender"
    assert "female" in {option.get("value") for option in page.one("form-correction").iter()}
