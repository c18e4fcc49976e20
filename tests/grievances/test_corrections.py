"""Having an office correct its copy: it gets the old words and the new ones (P51)."""

import json

import pytest

from msewa.extensions import db, writing
from msewa.grievances.holding import HOLDING
from tests.applications.conftest import Applicant, harjinder, offices, stranger, suspend

__all__ = ["harjinder", "offices", "stranger"]
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


@pytest.mark.parametrize("other", [{"new": ""}, {"text": ""}, {"field": "no_such_field"}, {"field": "pincode", "new": "x"}], ids=str)
def test_a_correction_that_can_not_be_read_is_asked_again(harjinder: Applicant, other: dict[str, str]) -> None:
    ref = harjinder.sent().rpartition("/")[2]

    assert corrected(harjinder, ref, **other).status_code == 422


def test_a_draft_and_somebody_elses_application_have_nothing_to_correct(harjinder: Applicant, stranger: Applicant) -> None:
    draft = harjinder.begin().rpartition("/")[2]
    sent = harjinder.sent("income-certificate").rpartition("/")[2]

    assert harjinder.client.get(f"/grievances/corrections/{draft}").status_code == 404
    assert stranger.client.get(f"/grievances/corrections/{sent}").status_code == 404


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
