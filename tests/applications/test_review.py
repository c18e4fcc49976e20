"""Looking at every line, and sending exactly that."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from msewa.applications.models import Application
from msewa.catalogue.queries import catalogue
from msewa.delivery.models import Package
from msewa.extensions import db
from msewa.outbox.models import OutboxItem
from tests.applications.conftest import Applicant, suspend
from tests.applications.samples import photo
from tests.applications.test_form import step_with
from tests.strict_client import Page, StrictClient

XHTML = "{http://www.w3.org/1999/xhtml}"


def lines_of(page: Page) -> list[Any]:
    """Return the lines of a review that will go."""
    return [node for node in page.root.iter(f"{XHTML}div") if node.get("data-source")]


def packages(applicant: Applicant) -> int:
    """Count what waits to be sent or was sent."""
    with applicant.app.app_context():
        waiting = db.session.scalar(select(func.count()).where(OutboxItem.topic == "delivery.send")) or 0
        return waiting + (db.session.scalar(select(func.count()).select_from(Package)) or 0)


def inbox(applicant: Applicant, provider: str) -> list[dict[str, Any]]:
    """Return what a pretend department received, as it opened it."""
    return json.loads(applicant.client.get(f"/sandbox/providers/{provider}/inbox.json").get_data())


def test_every_line_stands_there_with_source_reason_receiver_and_a_way_back(harjinder: Applicant) -> None:
    base = harjinder.reviewed()

    page = harjinder.page(f"{base}/review")

    by_source = [line.get("data-source") for line in lines_of(page)]
    assert {line.get("data-recipient") for line in lines_of(page)} == {"health"}
    assert (by_source.count("document"), by_source.count("profile")) == (1, 1)
    assert page.words("value-id_proof") == "id_proof.jpg"
    assert page.words("value-date_of_event") == "14/03/1996"
    assert f'href="{base}/edit?step=1#date_of_event"' in page.text
    assert "To find the record" in page.text
    assert "How long: not known" in page.text
    assert "Father" in page.words("stays")


def test_a_way_back_leads_to_the_input_itself(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    page = harjinder.page(f"{base}/review")
    links = [link.get("href") for line in lines_of(page) for link in line.iter(f"{XHTML}a")]

    for link in links:
        address, _, target = link.partition("#")
        ids = {node.get("id") for node in harjinder.page(address).root.iter() if isinstance(node.tag, str)}
        assert target in ids, link


@pytest.mark.promise("P5")
def test_a_private_company_is_called_one_before_anything_goes(harjinder: Applicant) -> None:
    with harjinder.app.app_context():
        service = next(one for one in catalogue().services.values() if catalogue().providers[one.provider].is_private)
    base = harjinder.reviewed(service.id)

    page = harjinder.page(f"{base}/review")

    badges = [" ".join("".join(node.itertext()).split()) for node in page.root.iter(f"{XHTML}span") if node.get("class") == "chip own"]
    assert badges == ["Private company"]
    assert "Not a government office." in page.text


def test_what_is_missing_is_asked_for_before_the_review(harjinder: Applicant) -> None:
    base = harjinder.begin()

    fresh = harjinder.client.get(f"{base}/review").headers["Location"]
    harjinder.client.submit(f"{base}/edit?step=1", "application", mother_name="Surjit Kaur", later="1")
    begun = harjinder.client.get(f"{base}/review").headers["Location"]

    assert fresh == f"{base}/edit?step=1"
    assert begun == f"{base}/edit?step=1&check=1"
    assert harjinder.page(begun).words("error-place_of_event") == "Please fill this in"


def test_a_missing_paper_is_asked_for_before_the_review(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    button = next(node for node in harjinder.page(f"{base}/edit?step=4").root.iter(f"{XHTML}button") if node.get("formaction"))
    harjinder.client.submit(f"{base}/edit?step=4", "application", to=button.get("formaction"))

    location = harjinder.client.get(f"{base}/review").headers["Location"]

    assert location == f"{base}/edit?step=4&check=1"
    assert harjinder.page(location).words("error-id_proof") == "Add this paper"


@pytest.mark.promise("P32")
def test_nothing_is_sent_that_was_never_reviewed(harjinder: Applicant) -> None:
    base = harjinder.begin()
    harjinder.fill(base)
    fields = harjinder.page(f"{base}/edit?step=1").fields("application")
    token = {name: fields[name] for name in ("csrf_token", "form_key")}

    answer = harjinder.client.post(f"{base}/submit", data={**token, "declare": "1", "digest": "0" * 64})

    assert answer.status_code == 409
    assert packages(harjinder) == 0
    assert "Read every line once more, then send." in answer.get_data(as_text=True)
    assert "marked line" not in answer.get_data(as_text=True), "nothing can be compared, so nothing is marked"


@pytest.mark.promise("P32")
def test_a_line_that_is_gone_since_the_review_sends_her_to_none_that_is_marked(harjinder: Applicant) -> None:
    step = step_with(harjinder, "income-certificate", "aadhaar_last4")
    base = harjinder.reviewed("income-certificate", aadhaar_last4="8431")
    seen = harjinder.page(f"{base}/review").fields("submit")
    harjinder.client.submit(f"{base}/edit?step={step}", "application", aadhaar_last4="")

    answer = harjinder.client.post(f"{base}/submit", data={**seen, "declare": "1"})

    assert answer.status_code == 409
    assert "marked line" not in answer.get_data(as_text=True)


@pytest.mark.promise("P32")
def test_an_unfinished_draft_is_not_sent(harjinder: Applicant) -> None:
    base = harjinder.begin()
    fields = harjinder.page(f"{base}/edit?step=1").fields("application")

    answer = harjinder.client.post(f"{base}/submit", data={"csrf_token": fields["csrf_token"], "declare": "1"})

    assert answer.status_code == 409
    assert packages(harjinder) == 0


@pytest.mark.promise("P32")
def test_a_change_since_the_review_is_shown_and_marked_before_anything_goes(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    seen = harjinder.page(f"{base}/review").fields("submit")
    harjinder.client.submit(f"{base}/edit?step=1", "application", mother_name="Another Kaur")

    answer = harjinder.client.post(f"{base}/submit", data={**seen, "declare": "1"})

    page = Page(answer.get_data(as_text=True))
    marked = [line for line in lines_of(page) if line.get("class") == "changed"]
    assert answer.status_code == 409
    assert ["Another Kaur" in "".join(line.itertext()) for line in marked] == [True]
    assert packages(harjinder) == 0
    assert harjinder.client.post(f"{base}/submit", data={**page.fields("submit"), "declare": "1"}).headers["Location"] == base


@pytest.mark.promise("P32")
def test_a_paper_exchanged_since_the_review_is_marked(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    seen = harjinder.page(f"{base}/review").fields("submit")
    harjinder.client.submit(f"{base}/edit?step=4", "application", files={"id_proof": photo("other.jpg", colour="red")})

    answer = harjinder.client.post(f"{base}/submit", data={**seen, "declare": "1"})

    marked = [line for line in lines_of(Page(answer.get_data(as_text=True))) if line.get("class") == "changed"]
    assert answer.status_code == 409
    assert [line.get("data-source") for line in marked] == ["document"]


def test_without_the_declaration_nothing_goes(harjinder: Applicant) -> None:
    base = harjinder.reviewed()

    answer = harjinder.send(base, declare=None)

    page = Page(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert page.one("error-declare") is not None
    assert packages(harjinder) == 0


def test_not_now_keeps_it(harjinder: Applicant) -> None:
    base = harjinder.reviewed()

    answer = harjinder.send(base, later="1")

    assert answer.headers["Location"] == base
    assert harjinder.page(base).words("application-status") == "Not sent yet"


@pytest.mark.promise("P32")
@pytest.mark.promise("P27")
def test_the_office_receives_the_very_bytes_that_were_reviewed_and_no_others(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    seals = [harjinder.page(f"{base}/review").one("payload-digest")]
    harjinder.send(base)
    harjinder.work()

    received = next(one for one in inbox(harjinder, "health") if one["package"]["payload"]["reference"] in base)
    seals += [harjinder.page(path).one("payload-digest") for path in (base, f"{base}/sent", "/privacy/shared")]

    payload, content = received["payload_text"], received["package"]["payload"]
    # For a program as it is reckoned, for a person in groups.
    assert {seal.get("data-digest") for seal in seals} == {hashlib.sha256(payload.encode()).hexdigest()}
    assert all("".join("".join(seal.itertext()).split()).lower() == seal.get("data-digest") for seal in seals)
    assert set(content) == {"reference", "service", "version", "provider", "fields", "papers"}
    assert set(content["fields"]) <= set(harjinder.definition("birth-certificate").field_keys)
    assert [paper["key"] for paper in content["papers"]] == ["id_proof"]
    assert [paper["sha256"] for paper in received["package"]["papers"]] == [content["papers"][0]["sha256"]]
    assert harjinder.person.id not in payload


@pytest.mark.promise("P27")
def test_what_was_left_empty_is_not_sent(harjinder: Applicant) -> None:
    base = harjinder.begin("ration-new")
    harjinder.fill(base, "ration-new", aadhaar_last4="", email="")

    page = harjinder.page(f"{base}/review")

    assert not page.all("value-aadhaar_last4")
    assert page.all("value-full_name")


@pytest.mark.promise("P26")
def test_a_suspended_provider_receives_nothing(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    suspend(harjinder.app, "health")

    answer = harjinder.send(base)

    assert answer.status_code == 409
    assert "This office can not receive applications here just now" in answer.get_data(as_text=True)
    assert packages(harjinder) == 0
    assert harjinder.page(base).words("application-status") == "Not sent yet"


def test_the_same_press_twice_sends_once(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    sent = {**harjinder.page(f"{base}/review").fields("submit"), "declare": "1"}

    answers = [harjinder.client.post(f"{base}/submit", data=sent) for _ in range(3)]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(303, base)] * 3
    assert packages(harjinder) == 2  # the package and its errand


def test_another_body_under_the_same_key_is_refused(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    sent = {**harjinder.page(f"{base}/review").fields("submit"), "declare": "1"}
    harjinder.client.post(f"{base}/submit", data=sent)

    answer = harjinder.client.post(f"{base}/submit", data={**sent, "digest": "f" * 64})

    assert answer.status_code == 409


def test_from_a_second_tab_it_is_found_sent_already(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    tabs = [{**harjinder.page(f"{base}/review").fields("submit"), "declare": "1"} for _ in range(2)]

    answers = [harjinder.client.post(f"{base}/submit", data=tab) for tab in tabs]

    assert [answer.headers["Location"] for answer in answers] == [base, base]
    assert packages(harjinder) == 2


def test_sending_is_bound_to_the_definition_it_was_begun_with(harjinder: Applicant) -> None:
    base = harjinder.sent()

    with harjinder.app.app_context():
        row = db.session.execute(select(Application.service_version, Application.digest, Application.submitted_at)).one()
    assert row.service_version == harjinder.definition("birth-certificate").version
    assert row.digest == harjinder.page(base).words("payload-digest").replace(" ", "").lower()
    assert row.submitted_at is not None


def test_pressed_in_many_tabs_at_the_same_moment_it_is_sent_once(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    tabs = [{**harjinder.page(f"{base}/review").fields("submit"), "declare": "1"} for _ in range(4)]
    cookies = {name: cookie.value for name in ("session", "seed") if (cookie := harjinder.client.get_cookie(name))}

    def press(sent: dict[str, str]) -> tuple[int, str]:
        browser = StrictClient.of(harjinder.app)
        for name, value in cookies.items():
            browser.set_cookie(name, value)
        answer = browser.post(f"{base}/submit", data=sent)
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, tabs))

    assert answers == [(303, base)] * 4
    assert packages(harjinder) == 2
