"""A visit ended with text on its way, and another device was at the same step: neither takes the other's place unseen."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import update

from msewa.applications import places
from msewa.applications.answers import Answer, to_json
from msewa.applications.models import ApplicationUnsaved
from msewa.applications.queries import get_case
from msewa.crypto.envelope import seal_json
from msewa.extensions import db, writing
from tests.applications.conftest import Applicant
from tests.applications.test_carrying_on import PART
from tests.applications.test_ended_visits import count_held, held
from tests.applications.test_two_tabs import mother, opened, sent
from tests.conftest import ClockHandle
from tests.people import sign_in as let_in
from tests.strict_client import Page, StrictClient

TOLD, ASKED = "This is what you wrote when your visit had ended.", "changed in another window or on another device"


@pytest.fixture
def phone(harjinder: Applicant, another_client: StrictClient) -> Applicant:
    """The same citizen, at another device of hers."""
    return Applicant(another_client, harjinder.app, harjinder.person)


def back(applicant: Applicant, base: str) -> Page:
    """Sign in again and open the first step."""
    let_in(applicant.client, applicant.person)
    return applicant.page(f"{base}/edit?step=1")


def ended_beside(phone: Applicant, harjinder: Applicant, clock: ClockHandle) -> tuple[str, dict[str, Any]]:
    """Hold what was typed at home while the phone has the step open; return the draft's address and the phone's form."""
    base = harjinder.begin()
    old = opened(harjinder, base)
    clock.advance(minutes=14)
    let_in(phone.client, phone.person)
    form = opened(phone, base)
    clock.advance(minutes=2)
    sent(harjinder, base, old, mother_name="Typed At Home")
    return base, form


def test_held_text_takes_the_place_of_what_another_device_saved_only_when_she_chose_so(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin()
    old = opened(harjinder, base)
    sent(harjinder, base, opened(harjinder, base), mother_name="Typed On The Phone", later="1")
    clock.advance(minutes=16)
    sent(harjinder, base, old, mother_name="Typed At Home")
    shown = back(harjinder, base)

    answer = sent(harjinder, base, shown.fields("application"))
    kept = mother(harjinder, base)
    chosen = sent(harjinder, base, Page(answer.text).fields("application"), later="1")

    assert TOLD in shown.text
    assert (answer.status_code, kept) == (409, "Typed On The Phone")
    assert ASKED in answer.text
    assert (chosen.status_code, mother(harjinder, base), count_held(harjinder)) == (303, "Typed At Home", 0)


def test_from_the_choice_the_step_opens_as_it_is_saved_and_ends_the_held_text_once_saved(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin()
    old = opened(harjinder, base)
    sent(harjinder, base, opened(harjinder, base), mother_name="Typed On The Phone", later="1")
    clock.advance(minutes=16)
    sent(harjinder, base, old, mother_name="Typed At Home")
    answer = sent(harjinder, base, back(harjinder, base).fields("application"))

    link = re.search(r'href="([^"]*&amp;without=[^"]*)"', answer.text)
    assert link is not None
    saved = harjinder.page(html.unescape(link[1]))
    waits = count_held(harjinder)
    gone_on = sent(harjinder, base, saved.fields("application"), later="1")

    assert (TOLD in saved.text, saved.fields("application")["mother_name"], waits) == (False, "Typed On The Phone", 1)
    assert (gone_on.status_code, mother(harjinder, base), count_held(harjinder)) == (303, "Typed On The Phone", 0)


def test_text_held_from_the_tab_that_saved_last_is_taken_up_without_asking(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin()
    tab = opened(harjinder, base)
    sent(harjinder, base, tab, headers=PART, mother_name="Typed")
    clock.advance(minutes=16)
    sent(harjinder, base, tab, mother_name="Typed At Home")

    answer = sent(harjinder, base, back(harjinder, base).fields("application"), later="1")

    assert (answer.status_code, mother(harjinder, base)) == (303, "Typed At Home")


def test_a_device_that_was_not_shown_the_held_text_leaves_it_to_wait(harjinder: Applicant, phone: Applicant, clock: ClockHandle) -> None:
    base, form = ended_beside(phone, harjinder, clock)

    answer = sent(phone, base, form, mother_name="Typed On The Phone", later="1")

    shown = back(harjinder, base)
    assert answer.status_code == 303
    assert (held(harjinder, base, step=1) or {})["mother_name"] == "Typed At Home"
    assert (TOLD in shown.text, shown.fields("application")["mother_name"]) == (True, "Typed At Home")
    assert sent(harjinder, base, shown.fields("application")).status_code == 409


def test_a_page_shown_with_one_held_text_does_not_end_a_later_one(harjinder: Applicant, phone: Applicant, clock: ClockHandle) -> None:
    base, _ = ended_beside(phone, harjinder, clock)
    shown = opened(phone, base)
    let_in(harjinder.client, harjinder.person)
    tab = opened(harjinder, base)
    for _ in range(2):
        clock.advance(minutes=8)
        phone.page(base)
    sent(harjinder, base, tab, mother_name="Typed Later")

    sent(phone, base, shown, later="1")

    assert (mother(phone, base), (held(phone, base, step=1) or {})["mother_name"]) == ("Typed At Home", "Typed Later")


def test_the_tab_that_text_was_held_from_ends_it_by_saving(harjinder: Applicant, clock: ClockHandle) -> None:
    base = harjinder.begin()
    tab = opened(harjinder, base)
    clock.advance(minutes=16)
    sent(harjinder, base, tab, mother_name="Typed")
    let_in(harjinder.client, harjinder.person)
    token = opened(harjinder, base)["csrf_token"]

    sent(harjinder, base, {**tab, "csrf_token": token}, mother_name="Typed And More", later="1")

    assert (mother(harjinder, base), count_held(harjinder)) == ("Typed And More", 0)


def test_text_that_was_held_before_its_tab_was_kept_still_opens(harjinder: Applicant, phone: Applicant, clock: ClockHandle) -> None:
    base, _ = ended_beside(phone, harjinder, clock)
    with harjinder.app.app_context(), writing():
        case = get_case(base.rsplit("/", 1)[1], account_id=harjinder.person.id)
        sealed = seal_json(case.key, to_json({"mother_name": Answer("Held Long Ago")}), place=places.of_unsaved(case.id, step=1))
        db.session.execute(update(ApplicationUnsaved).where(ApplicationUnsaved.application_id == case.id).values(sealed=sealed))
        db.session.commit()

    shown = opened(phone, base)
    answer = sent(phone, base, shown, later="1")

    assert (shown["mother_name"], answer.status_code) == ("Held Long Ago", 303)
    assert (mother(phone, base), count_held(phone)) == ("Held Long Ago", 0)
