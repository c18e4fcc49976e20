"""Pages that answer a form at an address of its own: a link or a reload there leads to the page with the form."""

from typing import Any

from tests.applications.conftest import Applicant
from tests.strict_client import XHTML, Page


def in_punjabi(applicant: Applicant, shown: Any) -> tuple[Page, str]:
    """Press the Punjabi language link of a page that answered a form; return where it led, and that page's address."""
    links = {node.get("hreflang"): node.get("href") for node in Page(shown.get_data(as_text=True)).root.iter(f"{XHTML}a")}
    answer = applicant.client.get(f"{shown.request.path}{links['pa']}", follow_redirects=True)
    assert answer.status_code == 200, answer.status_code
    return Page(answer.get_data(as_text=True)), answer.request.path


def test_the_language_can_be_changed_on_a_review_that_was_sent_back(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    refused = harjinder.client.submit(f"{base}/review", "submit")

    page, path = in_punjabi(harjinder, refused)

    assert refused.status_code == 422
    assert path == f"{base}/review"
    assert page.root.get("lang") == "pa"


def test_the_language_can_be_changed_beside_a_line_of_the_profile_that_was_refused(harjinder: Applicant) -> None:
    refused = harjinder.client.submit("/profile?edit=full_name", "profile-full_name", full_name="")

    page, path = in_punjabi(harjinder, refused)

    assert (refused.status_code, path) == (422, "/profile")
    assert page.one("form-profile-full_name") is not None
