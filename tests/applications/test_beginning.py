"""Beginning an application."""

import pytest

from msewa.applications.rules import MOST_DRAFTS
from tests.applications.conftest import Applicant
from tests.at_once import at_once, prepared, tabs
from tests.people import signed_in
from tests.strict_client import StrictClient


def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_the_service(client: StrictClient) -> None:
    answer = client.submit("/services/birth-certificate", "apply")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/services/birth-certificate")


def test_applying_leads_to_the_form(harjinder: Applicant) -> None:
    base = harjinder.begin()

    page = harjinder.page(f"{base}/edit")

    assert page.one("page-applications.edit") is not None
    assert page.one("form-application") is not None


def test_a_draft_nobody_wrote_into_is_found_again(harjinder: Applicant) -> None:
    first = harjinder.begin()

    assert harjinder.begin() == first
    assert harjinder.begin("income-certificate") != first


def test_the_same_press_twice_begins_one_application(harjinder: Applicant) -> None:
    fields = harjinder.page("/services/birth-certificate").fields("apply")

    first = harjinder.client.post("/services/birth-certificate/apply", data=fields)
    harjinder.client.submit(f"{first.headers['Location']}?step=1", "application", mother_name="Surjit Kaur")
    second = harjinder.client.post("/services/birth-certificate/apply", data=fields)

    assert second.headers["Location"] == first.headers["Location"]
    assert len(harjinder.page("/applications").all("application-row")) == 1


def test_an_officer_does_not_apply(app, client: StrictClient, offices) -> None:
    signed_in(client, app=app, role="officer", office="health")

    assert client.submit("/services/birth-certificate", "apply").status_code == 403


def test_a_service_that_is_not_there_can_not_be_applied_for(harjinder: Applicant) -> None:
    answer = harjinder.client.submit("/services/birth-certificate", "apply", to="/services/no-such-service/apply")

    assert answer.status_code == 404


def test_more_drafts_than_fit_are_refused_kindly(harjinder: Applicant) -> None:
    harjinder.drafts(MOST_DRAFTS)

    answer = harjinder.client.submit("/services/birth-certificate", "apply")

    assert answer.status_code == 409
    assert f"{MOST_DRAFTS} unfinished applications" in answer.get_data(as_text=True)


def test_a_discarded_draft_is_gone(harjinder: Applicant) -> None:
    base = harjinder.begin()

    answer = harjinder.client.submit(base, "discard")

    assert answer.headers["Location"] == "/applications"
    assert harjinder.client.get(base).status_code == 404


def test_a_draft_discarded_in_an_old_tab_after_it_was_sent_stays_sent(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    press = prepared(harjinder.client, base, "discard")
    harjinder.send(base)

    answer = press()

    assert (answer.status_code, answer.headers["Location"]) == (303, base)
    assert harjinder.page(base).one("page-applications.show") is not None


@pytest.mark.parametrize("backend", ["postgres"])
def test_the_same_service_applied_for_in_many_tabs_at_once_is_begun_once(harjinder: Applicant) -> None:
    presses = [prepared(tab, "/services/birth-certificate", "apply") for tab in tabs(harjinder.client, 6)]

    places = {answer.headers["Location"] for answer in at_once(*presses)}

    assert len(places) == 1
    assert len(harjinder.page("/applications").all("application-row")) == 1
