"""Where the form opens again, and what its saving says of what it could not keep."""

from typing import Any

import pytest

from msewa.catalogue.queries import catalogue, get_service
from tests.applications.conftest import Applicant
from tests.applications.samples import sample_page
from tests.applications.test_form import AADHAAR, answers_of, step_with
from tests.strict_client import Page

PART = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "p#saved"}


def save_by_itself(applicant: Applicant, base: str, *, step: int = 1, **typed: str) -> Page:
    """Send a step as the page does while she types; return the part that says what is saved."""
    fields = applicant.page(f"{base}/edit?step={step}").fields("application")
    answer = applicant.client.post(f"{base}/edit?step={step}", data={**fields, **typed}, headers=PART)
    assert answer.status_code == 200
    return Page(answer.get_data(as_text=True))


def open_step(applicant: Applicant, base: str) -> int:
    """Return the step that the form opens at."""
    action: str = applicant.page(f"{base}/edit").one("form-application").get("action")
    return int(action.rpartition("=")[2])


def test_the_form_opens_at_the_step_that_saved_itself_and_is_not_finished(harjinder: Applicant) -> None:
    base = harjinder.begin()

    save_by_itself(harjinder, base, mother_name="Surjit Kaur")

    assert open_step(harjinder, base) == 1


def test_whoever_saves_and_leaves_carries_on_where_she_left(harjinder: Applicant) -> None:
    base = harjinder.begin()

    harjinder.client.submit(f"{base}/edit?step=1", "application", mother_name="Surjit Kaur", later="1")

    assert open_step(harjinder, base) == 1


def test_a_step_is_finished_once_she_went_on_from_it_and_as_long_as_nothing_is_missing(harjinder: Applicant) -> None:
    base = harjinder.begin()
    whole = whole_step(harjinder, base)
    save_by_itself(harjinder, base, **whole)
    complete = open_step(harjinder, base)
    harjinder.client.submit(f"{base}/edit?step=1", "application")
    sent_on = open_step(harjinder, base)
    save_by_itself(harjinder, base, mother_name="Another Kaur")
    changed = open_step(harjinder, base)

    save_by_itself(harjinder, base, mother_name="")

    assert (complete, sent_on, changed, open_step(harjinder, base)) == (1, 2, 2, 1)


def whole_step(applicant: Applicant, base: str) -> dict[str, Any]:
    """Return answers for all that the first step asks."""
    with applicant.app.app_context():
        return sample_page(get_service("birth-certificate"), catalogue(), step=1)


def test_when_every_step_is_finished_the_form_opens_at_its_last(harjinder: Applicant) -> None:
    base = harjinder.begin("income-certificate")

    harjinder.fill(base, "income-certificate")

    assert harjinder.page(f"{base}/edit").all("page-applications.papers")


@pytest.mark.parametrize(
    ("service", "key", "typed"),
    [("birth-certificate", "mother_name", "ਕ" * 9000), ("birth-certificate", "gender", "alien"), ("ration-new", "aadhaar_last4", AADHAAR)],
)
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_what_it_can_not_keep_it_says_and_the_answer_before_stays(
    harjinder: Applicant, service: str, key: str, typed: str, language: str
) -> None:
    base = harjinder.begin(service)
    step = step_with(harjinder, service, key)
    good = {"mother_name": "Surjit Kaur", "gender": "female", "aadhaar_last4": "1234"}[key]
    save_by_itself(harjinder, base, step=step, **{key: good})
    harjinder.client.set_cookie("lang", language)

    told = save_by_itself(harjinder, base, step=step, **{key: typed})

    assert told.words("not-saved")
    assert answers_of(harjinder, base, step=step)[key] == good
    harjinder.client.set_cookie("lang", "en")


def test_whoever_leaves_is_told_what_would_not_be_there_when_she_is_back(harjinder: Applicant) -> None:
    base = harjinder.begin()

    answer = harjinder.client.submit(f"{base}/edit?step=1", "application", mother_name="K" * 9000, later="1")

    page = Page(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert len(page.fields("application")["mother_name"]) == 9000
    assert "you have 9000" in page.words("error-mother_name")
    assert not page.all("error-date_of_event"), "what is missing is not asked for yet"
