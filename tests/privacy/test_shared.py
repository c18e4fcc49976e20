"""Where it went: names and not values, the seal of the very bytes, how long they keep it, whom to ask."""

import hashlib
import json

import pytest

from tests.applications.conftest import Applicant
from tests.privacy.conftest import by_htmx
from tests.strict_client import Page


def refs(page: Page) -> list[str]:
    return [row.get("data-id") for row in page.all("disclosure-row")]


@pytest.mark.promise("P27")
@pytest.mark.promise("P29")
def test_a_disclosure_says_to_whom_what_and_under_which_seal(harjinder: Applicant) -> None:
    ref = harjinder.sent().rpartition("/")[2]
    definition = harjinder.definition("birth-certificate")

    page = harjinder.page("/privacy/shared")

    assert refs(page) == [ref]
    assert f"/providers/{definition.provider}" in page.text
    assert page.words("payload-digest") == harjinder.page(f"/applications/{ref}/sent").words("payload-digest")
    asked = [need.label["en"] for need in definition.fields if need.required]
    words = "".join(page.one("disclosure-row").itertext())
    assert [label for label in asked if label not in words] == []
    assert "Gurbachan Singh Planted" not in page.text, "names of what went, not the values"
    assert "Not known" in page.text


def test_the_office_that_has_it_is_told_from_one_that_does_not_yet(harjinder: Applicant) -> None:
    harjinder.sent()
    before = harjinder.page("/privacy/shared").text

    harjinder.work()

    assert "not yet" in before
    assert "not yet" not in harjinder.page("/privacy/shared").text


def test_what_was_never_sent_is_not_there(harjinder: Applicant) -> None:
    harjinder.reviewed()

    assert refs(harjinder.page("/privacy/shared")) == []
    assert refs(harjinder.page("/privacy")) == []


def test_paging_shows_each_once_and_one_office_can_be_picked(harjinder: Applicant) -> None:
    sent = [harjinder.sent().rpartition("/")[2] for _ in range(7)]

    first = harjinder.page("/privacy/shared")
    rest = harjinder.page(f"/privacy/shared?before={refs(first)[-1]}")
    provider = harjinder.definition("birth-certificate").provider

    assert refs(first) + refs(rest) == sent[::-1]
    assert refs(harjinder.page(f"/privacy/shared?provider={provider}")) == refs(first)
    assert refs(harjinder.page("/privacy/shared?provider=revenue")) == []
    assert harjinder.client.get("/privacy/shared?provider=nobody").status_code == 404
    part = harjinder.client.get(f"/privacy/shared?before={refs(first)[-1]}", headers=by_htmx("section#shared"))
    assert refs(Page(part.get_data(as_text=True))) == refs(rest)


def test_somebody_elses_reference_leads_nowhere(harjinder: Applicant, stranger: Applicant) -> None:
    ref = harjinder.sent().rpartition("/")[2]

    assert stranger.client.get(f"/privacy/shared?before={ref}").status_code == 404
    assert refs(stranger.page("/privacy/shared")) == []


@pytest.mark.promise("P32")
def test_the_seal_is_that_of_what_the_office_received(harjinder: Applicant) -> None:
    harjinder.sent()
    harjinder.work()
    provider = harjinder.definition("birth-certificate").provider

    received = json.loads(harjinder.client.get(f"/sandbox/providers/{provider}/inbox.json").get_data())[0]["payload_text"]

    shown = harjinder.page("/privacy/shared").words("payload-digest").replace(" ", "").lower()
    assert shown == hashlib.sha256(received.encode()).hexdigest()


def corrected(her: Applicant, ref: str, *, field: str = "father_name", new: str = "Corrected Planted") -> str:
    """Have a field corrected; return the complaint's number."""
    typed = {"field": field, "new": new, "text": "A reason"}
    return her.client.submit(f"/grievances/corrections/{ref}", "correction", **typed).headers["Location"].rpartition("/")[2]


@pytest.mark.promise("P51", "P27")
def test_a_correction_is_a_disclosure_of_its_own_with_its_field_moment_and_seal(harjinder: Applicant) -> None:
    ref = harjinder.sent().rpartition("/")[2]
    harjinder.work()
    number = corrected(harjinder, ref)
    before = harjinder.page("/privacy/shared").one("correction-row")
    harjinder.work()

    page = harjinder.page("/privacy/shared")

    definition = harjinder.definition("birth-certificate")
    received = json.loads(harjinder.client.get(f"/sandbox/providers/{definition.provider}/inbox.json").get_data())
    payload = next(one["payload_text"] for one in received if json.loads(one["payload_text"]).get("kind") == "correction")
    row = page.one("correction-row")
    words = "".join(row.itertext())
    assert row.get("data-id") == number
    assert next(need.label["en"] for need in definition.fields if need.key == "father_name") in words
    assert hashlib.sha256(payload.encode()).hexdigest() in "".join(words.split()).lower()
    assert "not yet" in "".join(before.itertext())
    assert "not yet" not in words
    assert "Planted" not in words, "names of what went, not the values"
    assert f"/providers/{definition.provider}" in page.text


def test_a_correction_stands_with_its_application_and_under_its_office_alone(harjinder: Applicant, stranger: Applicant) -> None:
    refs_sent = [harjinder.sent().rpartition("/")[2] for _ in range(2)]
    numbers = [corrected(harjinder, refs_sent[0]), corrected(harjinder, refs_sent[0], field="gender", new="Boy")]

    page = harjinder.page("/privacy/shared")

    rows = {id(row) for kind in ("disclosure-row", "correction-row") for row in page.all(kind)}
    order = [row.get("data-id") for row in page.root.iter() if id(row) in rows]
    assert order[:2] == refs_sent[::-1]
    assert sorted(order[2:]) == sorted(numbers)
    assert harjinder.page("/privacy/shared?provider=revenue").all("correction-row") == []
    assert stranger.page("/privacy/shared").all("correction-row") == []
