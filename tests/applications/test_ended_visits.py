"""A form left open until the visit ended: what was typed waits for its owner, and for nobody else."""

from typing import Any

import pytest
from sqlalchemy import func, select

from msewa.applications.models import ApplicationUnsaved
from msewa.applications.operations import holding_back
from msewa.applications.queries import find_unsaved, get_case
from msewa.applications.unsaved import Tab
from msewa.extensions import db, writing
from tests.accounts.walking import sign_in
from tests.applications.conftest import PROFILE, Applicant
from tests.applications.samples import photo
from tests.applications.test_form import AADHAAR, answers_of, step_with
from tests.conftest import ClockHandle
from tests.people import sign_in as let_in
from tests.strict_client import Page

TYPED = "House 9, the far end"
LOST, HELD = "What you sent last was not kept.", "What you wrote last is kept."


def left_open(applicant: Applicant, clock: ClockHandle, path: str, form: str = "application") -> dict[str, Any]:
    """Open a form and stay away until the visit is over; return what the form holds."""
    fields = applicant.page(path).fields(form)
    clock.advance(minutes=16)
    return fields


def held(applicant: Applicant, base: str, *, step: int) -> dict[str, str] | None:
    """Return what waits for her beside a step."""
    with applicant.app.app_context():
        case = get_case(base.rsplit("/", 1)[1], account_id=applicant.person.id)
        unsaved = find_unsaved(case, step=step, now=applicant.app.extensions["clock"].now())
    return None if unsaved is None else {key: answer.value or answer.typed for key, answer in unsaved.page.items()}


def count_held(applicant: Applicant) -> int:
    """Count what waits for anybody."""
    with applicant.app.app_context():
        return db.session.scalar(select(func.count()).select_from(ApplicationUnsaved)) or 0


def test_the_sign_in_page_says_that_the_visit_ended_and_leads_back_to_the_step(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin()
    clock.advance(minutes=16)

    answer = harjinder.client.get(f"{base}/edit?step=3")

    page = harjinder.page(answer.headers["Location"])
    assert answer.headers["Location"] == f"/sign-in?next={base}/edit?step%3D3"
    assert "after 15 quiet minutes we sign you out" in page.text
    assert (HELD in page.text, LOST in page.text) == (False, False)


def test_nobody_is_told_of_a_visit_that_never_was_or_that_she_ended_herself(harjinder: Applicant, another_client: Any) -> None:
    harjinder.client.submit("/profile", "sign-out")

    for client in (harjinder.client, another_client):
        assert "Your visit has ended" not in client.page("/sign-in").text


def test_what_was_typed_when_the_visit_had_ended_is_in_the_form_again(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin()
    fields = left_open(harjinder, clock, f"{base}/edit?step=3")

    answer = harjinder.client.post(f"{base}/edit?step=3", data={**fields, "address": TYPED})

    location = answer.headers["Location"]
    told = harjinder.page(location).text
    back = sign_in(harjinder.client, harjinder.person, start=location)
    again = harjinder.page(back)
    assert HELD in told
    assert back == f"{base}/edit?step=3"
    assert "It is not saved yet" in again.text
    assert again.fields("application")["address"] == TYPED
    assert again.text.count("From your profile, ") == 2, "what did not change keeps its source"
    assert answers_of(harjinder, base, step=3) == {}, "a visit that is over writes nothing into the draft"


def test_saving_the_step_puts_an_end_to_what_was_held(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin()
    fields = left_open(harjinder, clock, f"{base}/edit?step=3")
    harjinder.client.post(f"{base}/edit?step=3", data={**fields, "address": TYPED})
    let_in(harjinder.client, harjinder.person)

    harjinder.client.submit(f"{base}/edit?step=3", "application")

    assert answers_of(harjinder, base, step=3)["address"] == TYPED
    assert count_held(harjinder) == 0
    assert "It is not saved yet" not in harjinder.page(f"{base}/edit?step=3").text


def test_what_saves_by_itself_is_held_too(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin()
    fields = left_open(harjinder, clock, f"{base}/edit?step=3")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "p#saved"}

    answer = harjinder.client.post(f"{base}/edit?step=3", data={**fields, "address": TYPED}, headers=headers)

    assert answer.headers["HX-Redirect"] == f"/sign-in?next={base}/edit?step%3D3&done=held"
    assert (held(harjinder, base, step=3) or {})["address"] == TYPED


def test_nothing_is_held_beside_somebody_elses_draft(harjinder: Applicant, stranger: Applicant, clock: ClockHandle) -> None:
    base, other = harjinder.begin(), stranger.begin()
    fields = left_open(stranger, clock, f"{other}/edit?step=3")

    answer = stranger.client.post(f"{base}/edit?step=3", data={**fields, "address": TYPED})

    assert LOST in stranger.page(answer.headers["Location"]).text
    assert count_held(harjinder) == 0


@pytest.mark.parametrize(("seal", "status"), [("csrf_token", 400), ("form_key", 303)])
def test_a_form_without_our_seals_is_not_held(harjinder: Applicant, clock: ClockHandle, seal: str, status: int) -> None:
    base = harjinder.begin()
    fields = left_open(harjinder, clock, f"{base}/edit?step=3")

    answer = harjinder.client.post(f"{base}/edit?step=3", data={**fields, seal: "AAAA.BBBB"})

    assert answer.status_code == status
    assert answer.headers.get("Location", "&done=lost").endswith("&done=lost")
    assert count_held(harjinder) == 0


def test_a_token_holds_once_and_reads_nothing(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin()
    fields = left_open(harjinder, clock, f"{base}/edit?step=3")
    first = harjinder.client.post(f"{base}/edit?step=3", data={**fields, "address": TYPED})

    second = harjinder.client.post(f"{base}/edit?step=3", data={**fields, "address": "Somebody who found the browser open"})

    assert second.headers["Location"] == f"/sign-in?next={base}/edit?step%3D3"
    assert (held(harjinder, base, step=3) or {})["address"] == TYPED
    assert PROFILE["address"] not in first.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/edit?step=4", "/edit"])
def test_of_papers_and_of_no_step_she_is_told_that_they_were_not_kept(harjinder: Applicant, clock: ClockHandle, path: str) -> None:
    base = harjinder.begin()
    harjinder.fill(base)
    fields = left_open(harjinder, clock, f"{base}{path}")

    answer = harjinder.client.post(f"{base}{path}", data={**fields, "id_proof": photo("one.jpg")}, content_type="multipart/form-data")

    assert LOST in harjinder.page(answer.headers["Location"]).text
    assert count_held(harjinder) == 0


def test_a_form_that_opens_no_page_of_its_own_leads_back_to_the_page_it_was_on(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.reviewed()
    fields = left_open(harjinder, clock, f"{base}/review", form="submit")

    sent = harjinder.client.post(f"{base}/submit", data=fields, headers={"Referer": f"http://localhost{base}/review"})

    assert sent.headers["Location"] == f"/sign-in?next={base}/review&done=lost"


def test_a_whole_aadhaar_number_is_not_held_either(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin("ration-new")
    step = step_with(harjinder, "ration-new", "aadhaar_last4")
    fields = left_open(harjinder, clock, f"{base}/edit?step={step}")

    harjinder.client.post(f"{base}/edit?step={step}", data={**fields, "aadhaar_last4": AADHAAR, "full_name": f"Kaur {AADHAAR}"})

    assert AADHAAR not in " ".join((held(harjinder, base, step=step) or {"": AADHAAR}).values())


def test_what_nobody_came_back_for_is_gone_after_a_day(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin()
    fields = left_open(harjinder, clock, f"{base}/edit?step=3")
    harjinder.client.post(f"{base}/edit?step=3", data={**fields, "address": TYPED})
    clock.advance(hours=24)
    shown = held(harjinder, base, step=3)

    with harjinder.app.app_context(), writing():
        holding_back.let_go_old(now=clock.now())
        db.session.commit()

    assert (shown, count_held(harjinder)) == (None, 0)


def test_it_ends_with_the_draft_and_with_its_sending(harjinder: Applicant, clock: ClockHandle) -> None:
    sent, removed = harjinder.reviewed(), harjinder.begin("income-certificate")
    for base, step in ((sent, 3), (removed, 2)):
        fields = left_open(harjinder, clock, f"{base}/edit?step={step}")
        harjinder.client.post(f"{base}/edit?step={step}", data={**fields, "address": TYPED})
        let_in(harjinder.client, harjinder.person)
    before = count_held(harjinder)

    harjinder.send(sent)
    harjinder.client.submit(removed, "discard")

    with harjinder.app.app_context(), writing():
        case = get_case(sent.rsplit("/", 1)[1], account_id=harjinder.person.id)
        is_held = holding_back.hold(case, step=3, page={}, tab=Tab("", ""), now=clock.now())
    assert (before, count_held(harjinder), is_held) == (2, 0, False)


@pytest.mark.parametrize("language", ["pa", "hi"])
def test_it_is_said_in_her_language(harjinder: Applicant, clock: ClockHandle, language: str) -> None:
    base = harjinder.begin()
    harjinder.client.set_cookie("lang", language)
    fields = left_open(harjinder, clock, f"{base}/edit?step=3")

    answer = harjinder.client.post(f"{base}/edit?step=3", data={**fields, "address": TYPED})

    page: Page = harjinder.page(answer.headers["Location"])
    assert {"pa": "ਸਾਈਨ ਆਊਟ ਹੋ ਗਿਆ: 15", "hi": "साइन आउट हो गया: 15"}[language] in page.text
