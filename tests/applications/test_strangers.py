"""Somebody else's application is as if it never was."""

import pytest

from tests.applications.conftest import Applicant
from tests.people import signed_in

PAGES = ("", "/edit", "/edit?step=4", "/review", "/sent", "/withdraw", "/papers/0123456789abcdef0123456789abcdef")
FORMS = ("/edit", "/submit", "/discard", "/withdraw", "/papers/0123456789abcdef0123456789abcdef/remove")


@pytest.fixture
def token_fields(stranger: Applicant) -> dict[str, str]:
    fields = stranger.page("/services/birth-certificate").fields("apply")
    return {name: fields[name] for name in ("csrf_token", "form_key")}


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_it_opens_to_another(harjinder: Applicant, stranger: Applicant, path: str) -> None:
    base = harjinder.begin()

    theirs = stranger.client.get(f"{base}{path}")
    nobodys = stranger.client.get(f"/applications/AAAA-AAAA{path}")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_it_takes_what_another_sends(harjinder: Applicant, stranger: Applicant, token_fields, form: str) -> None:
    base = harjinder.begin()

    answer = stranger.client.post(f"{base}{form}", data=token_fields)

    assert answer.status_code == 404
    assert harjinder.page(base).words("application-status") == "Not sent yet"


def test_a_visitor_is_asked_to_sign_in(client, app) -> None:
    assert client.get("/applications").headers["Location"].startswith("/sign-in?next=")
    assert client.get("/applications/AAAA-AAAA").status_code == 303


@pytest.mark.promise("P28")
def test_an_officer_of_the_very_office_finds_no_draft(harjinder: Applicant, another_client) -> None:
    base = harjinder.reviewed()
    signed_in(another_client, app=harjinder.app, role="officer", office="health")

    assert {another_client.get(f"{base}{page}").status_code for page in PAGES} == {404}


def test_a_paper_is_given_back_to_its_owner_as_a_file(harjinder: Applicant, stranger: Applicant) -> None:
    base = harjinder.begin()
    harjinder.fill(base)
    link = harjinder.page(f"{base}/edit?step=4").one("value-id_proof").get("href")

    own, other = harjinder.client.get(link), stranger.client.get(link)

    assert (own.status_code, other.status_code) == (200, 404)
    assert own.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in own.headers["Content-Security-Policy"]
    assert own.headers["X-Content-Type-Options"] == "nosniff"
    assert own.mimetype == "image/jpeg"


def test_the_list_shows_ones_own_alone(harjinder: Applicant, stranger: Applicant) -> None:
    harjinder.begin()

    assert "Nothing here yet" in stranger.page("/applications").text
