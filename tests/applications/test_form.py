"""The form: pre-filled, edited, kept, and refused with reasons."""

import pytest
from flask import Flask

from msewa.applications.filling import Desk, read_page
from msewa.applications.queries import get_case, read_pages
from msewa.catalogue.queries import catalogue, get_service
from msewa.profile.queries import get_profile
from tests.applications.conftest import PROFILE, Applicant
from tests.applications.samples import sample_page
from tests.strict_client import Page

AADHAAR = "2341 2341 2346"


def answers_of(applicant: Applicant, base: str, *, step: int) -> dict[str, str]:
    """Return what lies sealed for a step: values, or what was typed where it was not usable."""
    with applicant.app.app_context():
        case = get_case(base.rsplit("/", 1)[1], account_id=applicant.person.id)
        page = read_pages(case).get(step, {})
    return {key: answer.value or answer.typed for key, answer in page.items()}


def profile_of(applicant: Applicant) -> dict[str, str]:
    """Return what her profile holds."""
    with applicant.app.app_context():
        return {key: given.value for key, given in get_profile(applicant.person.subject()).items()}


@pytest.mark.promise("P16")
def test_her_own_facts_stand_there_already_with_their_source_and_date(harjinder: Applicant) -> None:
    base = harjinder.begin()

    page = harjinder.page(f"{base}/edit?step=3")

    assert page.fields("application")["address"] == PROFILE["address"]
    assert page.fields("application")["tehsil"] == PROFILE["tehsil"]
    assert page.text.count("From your profile, ") == 3


@pytest.mark.promise("P16")
def test_facts_about_somebody_else_are_not_filled_from_her_profile(harjinder: Applicant) -> None:
    base = harjinder.begin()

    page = harjinder.page(f"{base}/edit?step=1")

    assert page.fields("application")["father_name"] == ""
    assert PROFILE["father_name"] not in page.text


@pytest.mark.promise("P17")
def test_an_edit_changes_this_application_alone(harjinder: Applicant) -> None:
    base = harjinder.begin()

    answer = harjinder.client.submit(f"{base}/edit?step=3", "application", address="Somewhere else 9")

    assert answer.status_code == 303
    assert answers_of(harjinder, base, step=3)["address"] == "Somewhere else 9"
    assert profile_of(harjinder)["address"] == PROFILE["address"]
    assert "Changed for this application" in harjinder.page(f"{base}/edit?step=3").text


@pytest.mark.promise("P17")
def test_a_tick_that_nobody_set_for_her_updates_the_profile_too(harjinder: Applicant) -> None:
    base = harjinder.begin()
    assert "update_profile" not in harjinder.page(f"{base}/edit?step=3").fields("application")

    harjinder.client.submit(f"{base}/edit?step=3", "application", address="Somewhere else 9", update_profile="1")

    assert profile_of(harjinder)["address"] == "Somewhere else 9"


@pytest.mark.promise("P17")
def test_the_tick_names_what_it_leaves_alone_and_takes_all_the_rest(harjinder: Applicant) -> None:
    base, before = harjinder.begin("income-certificate"), profile_of(harjinder)
    step = step_with(harjinder, "income-certificate", "mobile")
    assert {"full_name", "father_name"} <= set(harjinder.definition("income-certificate").steps[step - 1].fields)
    with harjinder.app.app_context():
        typed = sample_page(get_service("income-certificate"), catalogue(), step=step)
    named = {"full_name": "Harjinder Renamed Kaur", "father_name": "Gurbachan Renamed Singh", "mobile": "9876501234"}

    answer = harjinder.client.submit(f"{base}/edit?step={step}", "application", **{**typed, **named, "update_profile": "1"})

    after = profile_of(harjinder)
    elsewhere = harjinder.page(f"{base}/edit?step={step}").text.partition('id="elsewhere"')[2].partition("</p>")[0]
    assert answer.status_code == 303
    assert (after["full_name"], after["father_name"]) == (named["full_name"], named["father_name"])
    assert after["mobile"] == before["mobile"]
    assert 'href="/account/mobile"' in elsewhere


@pytest.mark.promise("P17")
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_every_field_that_a_tick_leaves_alone_is_named_with_a_place_that_opens(harjinder: Applicant, language: str) -> None:
    base = harjinder.begin("widow-pension")
    step = step_with(harjinder, "widow-pension", "bank_account")
    harjinder.client.set_cookie("lang", language)

    page = harjinder.page(f"{base}/edit?step={step}")

    place = "/profile?edit=bank_account#bank_account"
    link = next(node for node in page.root.iter("{http://www.w3.org/1999/xhtml}a") if node.get("href") == place)
    assert "".join(link.itertext())
    assert harjinder.client.get(place.partition("#")[0]).status_code == 200


@pytest.mark.promise("P17")
def test_what_is_written_about_somebody_else_never_comes_into_her_profile(harjinder: Applicant) -> None:
    base, before = harjinder.begin(), profile_of(harjinder)
    with harjinder.app.app_context():
        typed = sample_page(get_service("birth-certificate"), catalogue(), step=1)

    answer = harjinder.client.submit(
        f"{base}/edit?step=1", "application", **{**typed, "father_name": "Somebody Else Singh", "update_profile": "1"}
    )

    assert answer.headers["Location"].endswith("step=2"), "nothing is wrong with the page, so the tick was heard"
    assert answers_of(harjinder, base, step=1)["father_name"] == "Somebody Else Singh"
    assert profile_of(harjinder) == before


@pytest.mark.promise("P15")
def test_an_empty_profile_is_enough(stranger: Applicant, offices) -> None:
    base = stranger.sent()

    assert stranger.page(base).words("application-status") == "On its way"


@pytest.mark.promise("P9")
def test_a_field_the_service_does_not_declare_is_not_kept(harjinder: Applicant) -> None:
    base = harjinder.begin()

    harjinder.client.submit(f"{base}/edit?step=3", "application", caste_category="sc", religion="sikh", x="y")

    assert set(answers_of(harjinder, base, step=3)) == {"address", "district", "tehsil"}


def test_wrong_answers_are_refused_with_their_reasons_and_kept_as_typed(harjinder: Applicant) -> None:
    base = harjinder.begin()
    typed = {"date_of_event": "31/02/2026", "place_of_event": "Civil Hospital", "gender": "robot", "mother_name": "", "father_name": "12"}

    answer = harjinder.client.submit(f"{base}/edit?step=1", "application", **typed)

    page = Page(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert page.words("error-date_of_event") == "There is no such date. Check the day and the month"
    assert page.words("error-mother_name") == "Please fill this in"
    assert page.fields("application")["date_of_event"] == "31/02/2026"
    assert len(list(page.one("error-summary").iter("{http://www.w3.org/1999/xhtml}a"))) == 4
    assert "<title>Error: " in page.text
    assert harjinder.page(f"{base}/edit?step=1").fields("application")["place_of_event"] == "Civil Hospital"


def test_leaving_keeps_even_what_can_not_be_used_yet(harjinder: Applicant) -> None:
    base = harjinder.begin()

    answer = harjinder.client.submit(f"{base}/edit?step=1", "application", date_of_event="yesterday", later="1")

    assert answer.headers["Location"] == base
    assert harjinder.page(f"{base}/edit?step=1").fields("application")["date_of_event"] == "yesterday"


def test_it_saves_by_itself_and_another_device_carries_on(harjinder: Applicant, another_client) -> None:
    base = harjinder.begin()
    fields = harjinder.page(f"{base}/edit?step=1").fields("application")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "p#saved"}

    answer = harjinder.client.post(f"{base}/edit?step=1", data={**fields, "mother_name": "Surjit Kaur"}, headers=headers)

    another_client.set_cookie("session", harjinder.client.get_cookie("session").value)
    assert answer.status_code == 200
    assert answer.get_data(as_text=True).startswith('<p id="saved"')
    assert another_client.page(f"{base}/edit?step=1").fields("application")["mother_name"] == "Surjit Kaur"


def test_a_chosen_district_narrows_the_tehsils(harjinder: Applicant) -> None:
    base = harjinder.begin()
    fields = harjinder.page(f"{base}/edit?step=3").fields("application")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#questions"}

    answer = harjinder.client.post(f"{base}/edit?step=3", data={**fields, "district": "ludhiana"}, headers=headers)

    text = answer.get_data(as_text=True)
    assert "tehsil-ludhiana-east" in text
    assert "tehsil-tapa" not in text


def test_a_tehsil_of_another_district_is_refused(harjinder: Applicant) -> None:
    base = harjinder.begin()

    answer = harjinder.client.submit(f"{base}/edit?step=3", "application", district="ludhiana", tehsil="tehsil-tapa")

    assert answer.status_code == 422
    assert Page(answer.get_data(as_text=True)).words("error-tehsil").startswith("It is not in the district that you chose")


@pytest.mark.parametrize("button", [{}, {"later": "1"}])
def test_a_whole_aadhaar_number_is_never_kept(harjinder: Applicant, button: dict[str, str]) -> None:
    base = harjinder.begin("ration-new")
    step = step_with(harjinder, "ration-new", "aadhaar_last4")

    harjinder.client.submit(f"{base}/edit?step={step}", "application", aadhaar_last4=AADHAAR, full_name=f"Kaur {AADHAAR}", **button)

    kept = " ".join(answers_of(harjinder, base, step=step).values())
    assert AADHAAR not in kept
    assert AADHAAR not in harjinder.page(f"{base}/edit?step={step}").text


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("typed", [AADHAAR, f"House 5, my Aadhaar is {AADHAAR} " + "x " * 300], ids=["alone", "long"])
def test_no_kind_of_question_keeps_a_whole_aadhaar_number_that_it_can_not_use(app: Flask, typed: str) -> None:
    with app.app_context():
        known = catalogue()
        read = [
            (desk.field(key), read_page(desk, step, typed=lambda asked, key=key: typed if asked == key else "", earlier={}))
            for desk in (Desk(definition, known, {}, app.extensions["clock"].now()) for definition in known.services.values())
            for step in range(1, len(desk.definition.steps) + 1)
            for key in desk.keys(step)
        ]

    refused = [(field, page.kept[field.key]) for field, page in read if field.key in page.refused]
    assert len({field.kind for field, _ in refused}) > 10
    assert [field.key for field, answer in refused if AADHAAR in answer.typed + answer.value] == []


def step_with(applicant: Applicant, service: str, key: str) -> int:
    """Return the step that asks for a field."""
    return next(number for number, step in enumerate(applicant.definition(service).steps, 1) if key in step.fields)


def test_a_sent_application_can_not_be_written_into(harjinder: Applicant) -> None:
    base = harjinder.begin()
    harjinder.fill(base)
    fields = harjinder.page(f"{base}/edit?step=1").fields("application")
    harjinder.client.page(f"{base}/review")
    harjinder.send(base)

    answer = harjinder.client.post(f"{base}/edit?step=1", data={**fields, "mother_name": "Changed Kaur"})

    assert answer.headers["Location"] == base
    assert answers_of(harjinder, base, step=1)["mother_name"] != "Changed Kaur"


def test_the_towns_of_a_district_are_listed_once_it_is_chosen(harjinder: Applicant) -> None:
    base = harjinder.begin("complaint-no-streetlight")
    step = step_with(harjinder, "complaint-no-streetlight", "ulb")
    at_home = harjinder.page(f"{base}/edit?step={step}").text

    answer = harjinder.client.submit(f"{base}/edit?step={step}", "application", place_district="ludhiana", narrow="1")

    elsewhere = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert ("ulb-barnala" in at_home, "ulb-khanna" in at_home) == (True, False)
    assert ("ulb-barnala" in elsewhere, "ulb-khanna" in elsewhere) == (False, True)
    assert "error-summary" not in elsewhere
