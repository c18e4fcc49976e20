"""Papers: taken in clean, refused with the field's own words, exchanged, taken away."""

import io
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from msewa.applications.models import ApplicationPaper
from msewa.applications.rules import PAPERS_AT_ONCE
from msewa.extensions import db
from msewa.uploads.rules import MAX_FILE_BYTES
from tests.applications.conftest import Applicant
from tests.applications.samples import photo, photo_bytes
from tests.strict_client import Page

STEP = "/edit?step=4"
MANY_PAPERS = "widow-pension"
LARGEST = photo_bytes().ljust(MAX_FILE_BYTES, b"\0")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "card.jpg", "This file is empty."),
        (b"hello", "card.pdf", "A PDF, a JPEG or a PNG works here."),
        (photo_bytes(), "card.pdf", "The name of this file does not match what is in it."),
        (photo_bytes()[:300], "card.jpg", "This file does not open."),
    ],
)
def test_a_paper_that_can_not_be_used_is_refused_by_its_field(harjinder: Applicant, content: bytes, name: str, words: str) -> None:
    base = harjinder.begin()

    answer = harjinder.client.submit(f"{base}{STEP}", "application", files={"id_proof": (io.BytesIO(content), name)})

    page = Page(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert words in page.words("error-id_proof")
    assert page.words("error-summary").startswith("1 thing to put right Proof of identity: ")


def test_a_paper_that_is_too_large_is_refused_with_its_size(harjinder: Applicant) -> None:
    base = harjinder.begin()
    large = FileStorage(io.BytesIO(b"\xff\xd8\xff" + bytes(3 * 1024 * 1024)), "card.jpg", "id_proof")
    fields = harjinder.page(f"{base}{STEP}").fields("application")
    boundary, body = encode_multipart({**fields, "id_proof": large})

    answer = harjinder.client.post(f"{base}{STEP}", data=body, content_type=f"multipart/form-data; boundary={boundary}")

    assert answer.status_code == 422
    assert "This file is 3.1 MB; up to 2 MB works." in Page(answer.get_data(as_text=True)).words("error-id_proof")


def sent_together(applicant: Applicant, path: str, *, count: int, button: str = "add") -> Any:
    """Send so many files of the largest size in one request, one of each kind that is asked for."""
    page = applicant.page(path)
    keys = [row.get("data-id") for row in page.all("paper-row")][:count]
    large = {key: FileStorage(io.BytesIO(LARGEST), f"{key}.jpg", key) for key in keys}
    boundary, body = encode_multipart({**page.fields("application"), **large, button: "1"})
    return applicant.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_too_many_papers_at_once_lead_back_to_the_step_that_says_how_many_go_together(harjinder: Applicant) -> None:
    base = harjinder.begin(MANY_PAPERS)
    path = f"{base}/edit?step={len(harjinder.definition(MANY_PAPERS).steps) + 1}"

    together, too_many = (sent_together(harjinder, path, count=count) for count in (PAPERS_AT_ONCE, 5))

    links = [node.get("href") for node in Page(too_many.get_data(as_text=True)).root.iter("{http://www.w3.org/1999/xhtml}a")]
    assert (together.status_code, too_many.status_code) == (303, 413)
    assert together.headers["Location"] == path
    assert path in links
    assert f"Choose up to {PAPERS_AT_ONCE}, add them, then choose the next." in harjinder.page(path).text
    assert harjinder.page(path).text.count('data-testid="value-') == PAPERS_AT_ONCE


def test_adding_some_papers_asks_for_no_others_yet(harjinder: Applicant) -> None:
    base = harjinder.begin(MANY_PAPERS)
    path = f"{base}/edit?step={len(harjinder.definition(MANY_PAPERS).steps) + 1}"
    key = harjinder.page(path).all("paper-row")[0].get("data-id")

    answer = harjinder.client.submit(path, "application", files={key: photo("one.jpg")}, add="1")
    refused = harjinder.client.submit(path, "application", files={key: (io.BytesIO(b"x"), "two.jpg")}, add="1")

    assert answer.headers["Location"] == path
    assert refused.status_code == 422
    assert Page(refused.get_data(as_text=True)).words("error-summary").startswith("1 thing to put right")


def test_a_second_file_takes_the_place_of_the_first(harjinder: Applicant) -> None:
    base = harjinder.begin()
    harjinder.client.submit(f"{base}{STEP}", "application", files={"id_proof": photo("first.jpg")})

    harjinder.client.submit(f"{base}{STEP}", "application", files={"id_proof": photo("second.jpg")})

    assert harjinder.page(f"{base}{STEP}").words("value-id_proof") == "second.jpg"


def test_a_bad_second_file_leaves_the_first(harjinder: Applicant) -> None:
    base = harjinder.begin()
    harjinder.client.submit(f"{base}{STEP}", "application", files={"id_proof": photo("first.jpg")})

    harjinder.client.submit(f"{base}{STEP}", "application", files={"id_proof": (io.BytesIO(b"x"), "second.jpg")})

    assert harjinder.page(f"{base}{STEP}").words("value-id_proof") == "first.jpg"


def test_a_paper_nobody_asked_for_is_not_kept(harjinder: Applicant) -> None:
    base = harjinder.begin()

    harjinder.client.submit(f"{base}{STEP}", "application", files={"passport": photo(), "application_form": photo()}, later="1")

    with harjinder.app.app_context():
        assert db.session.scalars(select(ApplicationPaper.key)).all() == []


@pytest.mark.promise("P72")
def test_nothing_of_a_paper_is_readable_in_its_row(harjinder: Applicant) -> None:
    base = harjinder.begin()
    harjinder.client.submit(f"{base}{STEP}", "application", files={"id_proof": photo("voter card.jpg")})

    with harjinder.app.app_context():
        row = db.session.execute(select(ApplicationPaper.meta, ApplicationPaper.content)).one()

    assert b"voter" not in row.meta
    assert b"JFIF" not in row.content


def test_autosaved_papers_answer_with_their_part_of_the_page(harjinder: Applicant) -> None:
    base = harjinder.begin()
    fields = harjinder.page(f"{base}{STEP}").fields("application")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#papers"}

    sent = {**fields, "id_proof": photo()}
    answer = harjinder.client.post(f"{base}{STEP}", data=sent, headers=headers, content_type="multipart/form-data")

    part, page = Page(answer.get_data(as_text=True)), harjinder.page(f"{base}{STEP}")
    assert answer.status_code == 200
    assert part.text.startswith('<div id="papers">')
    assert part.words("value-id_proof") == page.words("value-id_proof") == "card.jpg"
