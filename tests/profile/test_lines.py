"""Changing one line of a profile: every one of them, and what comes back when it can not be used."""

from urllib.parse import urlencode

import pytest
from flask import Flask

from msewa.catalogue.queries import catalogue
from msewa.profile.rules import PROVED_FIELDS, SECTIONS
from tests.people import PROFILE, signed_in
from tests.profile.lines import EDITABLE, TYPED, edit, kept_by, page_value
from tests.strict_client import Page, StrictClient


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.promise("P51")
def test_no_field_of_the_profile_is_left_out_here(app: Flask) -> None:
    with app.app_context():
        known = catalogue()

    expected = {(key, field.kind) for key, field in known.fields.items() if field.profile_section and key not in PROVED_FIELDS}
    assert set(EDITABLE) == expected
    assert {field.profile_section for field in known.fields.values() if field.profile_section} == set(SECTIONS)


@pytest.mark.promise("P51")
@pytest.mark.parametrize(("key", "kind"), EDITABLE)
def test_every_line_can_be_given_and_changed(app: Flask, client: StrictClient, key: str, kind: str) -> None:
    person = signed_in(client, app=app, profile={"district": "barnala"} if kind in ("tehsil", "ulb") else None)
    with app.app_context():
        options = catalogue().fields[key].options
    typed, shown = TYPED[kind] if kind != "choice" else (options[0].id, options[0].label["en"])

    answer = edit(client, key, **{key: typed})

    assert answer.status_code == 303
    page = client.page(answer.headers["Location"])
    assert page.words(f"value-{key}") == shown
    assert edit(client, key, **{key: page_value(client, key)}).status_code == 303
    assert kept_by(person)[key]


@pytest.mark.promise("P51")
def test_an_emptied_line_is_taken_away(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app, profile=PROFILE)

    answer = edit(client, "mother_name", mother_name="  ")

    assert answer.status_code == 303
    assert client.page("/profile").all("value-mother_name") == []
    assert "mother_name" not in kept_by(person)


def test_a_name_can_not_be_emptied(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)

    answer = edit(client, "full_name", full_name="")

    assert answer.status_code == 422
    assert Page(answer.text).words("error-full_name") == "Please fill this in"
    assert kept_by(person)["full_name"] == person.full_name


@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_a_line_that_can_not_be_used_comes_back_as_typed_with_its_reason(app: Flask, client: StrictClient, language: str) -> None:
    person = signed_in(client, app=app, language=language)

    answer = edit(client, "date_of_birth", date_of_birth="31/02/1990")

    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.fields("profile-date_of_birth")["date_of_birth"] == "31/02/1990"
    assert page.one("page-profile.show") is not None
    assert page.words("error-summary").endswith(page.words("error-date_of_birth"))
    assert ("There is no such date" in answer.text) == (language == "en")
    assert "date_of_birth" not in kept_by(person)


@pytest.mark.promise("P72")
def test_a_whole_aadhaar_number_is_refused_by_its_own_words_and_kept_nowhere(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)

    answer = edit(client, "aadhaar_last4", aadhaar_last4="2341 2341 2346")

    assert answer.status_code == 422
    assert "We never keep the whole number" in Page(answer.text).words("error-aadhaar_last4")
    assert "aadhaar_last4" not in kept_by(person)


@pytest.mark.parametrize("path", ["/profile/family/gender", "/profile/contact/mobile", "/profile/x/y", "/profile/address/tehsil"])
def test_a_line_that_is_not_changed_here_is_not_found(app: Flask, client: StrictClient, path: str) -> None:
    signed_in(client, app=app)
    token = client.page("/profile?edit=gender").fields("profile-gender")["csrf_token"]

    assert client.post(path, data={"csrf_token": token, "mobile": "9999999999"}).status_code == 404


def test_an_unknown_line_to_edit_opens_none(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    for wanted in ("mobile", "date_of_event", "nothing", "x" * 500, "\x00", "%F0%9F"):
        assert not [form for form in client.page(f"/profile?edit={wanted}").forms() if "profile-" in form.get("data-testid", "")]


def test_the_same_form_sent_twice_changes_the_profile_once(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)
    sent = client.page("/profile?edit=mother_name").fields("profile-mother_name") | {"mother_name": "Surjit Kaur"}
    path = "/profile/family/mother_name"

    answers = [client.post(path, data=sent), client.post(path, data=sent), client.post(path, data=sent | {"mother_name": "X Kaur"})]

    assert [answer.status_code for answer in answers] == [303, 303, 409]
    assert kept_by(person)["mother_name"] == "Surjit Kaur"


NAUGHTY = ["<script>alert(1)</script>", "{{7*7}}", "'; drop table account; --", "ਪੰਜਾਬ\u202eabc", "👩‍🌾", "%s%n", "\x00NUL", "../" * 30]


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_text_is_kept_as_typed_and_shown_inert(app: Flask, client: StrictClient, text: str) -> None:
    signed_in(client, app=app)

    answer = edit(client, "place_of_birth", place_of_birth=text)

    assert answer.status_code == 303
    page = client.page("/profile")
    assert "".join(page.one("value-place_of_birth").itertext()) == text.replace("\x00", "")
    assert page_value(client, "place_of_birth") == text.replace("\x00", "")


def test_a_text_too_long_comes_back_whole(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    answer = edit(client, "place_of_birth", place_of_birth="A" * 5000)

    assert answer.status_code == 422
    assert Page(answer.text).fields("profile-place_of_birth")["place_of_birth"] == "A" * 5000
    assert "100" in Page(answer.text).words("error-place_of_birth")


def test_a_line_opened_in_place_equals_its_part_of_the_page(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app, profile=PROFILE)
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "section#part_family"}

    part = client.get("/profile?edit=mother_name", headers=headers)

    assert part.text.lstrip().startswith('<section id="part_family">')
    assert Page(part.text).fields("profile-mother_name")["mother_name"] == PROFILE["mother_name"]
    assert "<html" not in part.text


@pytest.mark.parametrize("backend", ["sqlite"])
def test_while_a_line_is_open_no_heading_stands_over_nothing(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    page = client.page("/profile?edit=gender")

    headings = [node for node in page.one("page-profile.show").iter() if str(node.tag).endswith("}h2")]
    assert ["".join(node.itertext()).strip() for node in headings] == ["Who can see this?", "About you", "How to reach you"]


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("bytes_", ["%ED%A0%80", "%FF%FE", "%EF%BF%BD"])
def test_bytes_that_are_no_text_are_dropped_from_what_is_kept(app: Flask, client: StrictClient, bytes_: str) -> None:
    person = signed_in(client, app=app)
    fields = client.page("/profile?edit=village").fields("profile-village")
    sent = urlencode({name: value for name, value in fields.items() if name != "village"}) + f"&village=Kal{bytes_}eke"

    answer = client.post("/profile/address/village", data=sent, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 303
    assert kept_by(person)["village"] == "Kaleke"
