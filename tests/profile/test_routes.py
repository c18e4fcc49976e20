"""The profile's pages: seen, filled and changed."""

from urllib.parse import urlencode

import brotli
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from msewa.catalogue.queries import catalogue
from msewa.ledger.queries import list_entries
from msewa.profile.queries import get_profile
from msewa.profile.rules import PROVED_FIELDS, SECTIONS
from tests.people import PROFILE, Somebody, signed_in
from tests.strict_client import Page, StrictClient

# What somebody types, and how it reads afterwards, by the kind of question.
TYPED = {
    "name": ("ਸੁਰਜੀਤ ਕੌਰ", "ਸੁਰਜੀਤ ਕੌਰ"),
    "text": ("By <b>well</b> & 7", "By <b>well</b> & 7"),
    "address": ("House 9\nLane 3", "House 9 Lane 3"),
    "people": ("Asha, 40, mother\nRavi, 12, son", "Asha, 40, mother Ravi, 12, son"),
    "date": ("੫-੧-੯੦", "05/01/1990"),
    "year": ("2019", "2019"),
    "district": ("barnala", "Barnala"),
    "tehsil": ("tehsil-tapa", "Tapa"),
    "ulb": ("ulb-tapa", "Tapa"),
    "pincode": ("148 102", "148102"),
    "money": ("2,50,000", "₹2,50,000"),
    "number": ("2.5", "2.5"),
    "percent": ("40%", "40%"),
    "last4": ("8431", "8431"),
    "pan": ("abcpe1234f", "ABCPE1234F"),
    "gstin": ("27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
    "vehicle": ("pb 19 ab 1234", "PB19AB1234"),
    "bank_account": ("918273645546 sbin0009182", "918273645546 SBIN0009182"),
}
EDITABLE = [
    ("full_name", "name"), ("father_name", "name"), ("mother_name", "name"), ("spouse_name", "name"), ("gender", "choice"),
    ("date_of_birth", "date"), ("place_of_birth", "text"), ("address", "address"), ("district", "district"), ("tehsil", "tehsil"),
    ("village", "text"), ("pincode", "pincode"), ("ulb", "ulb"), ("aadhaar_last4", "last4"), ("passport_number", "text"),
    ("country_of_residence", "text"), ("income_annual", "money"), ("bank_account", "bank_account"), ("pan", "pan"), ("gstin", "gstin"),
    ("caste_category", "choice"), ("religion", "choice"), ("disability_type", "choice"), ("disability_percent", "percent"),
    ("blood_group", "choice"), ("marital_status", "choice"), ("marriage_date", "date"), ("marriage_place", "text"),
    ("occupation", "choice"), ("education", "choice"), ("land_acres", "number"), ("land_khewat_khasra", "text"), ("property_id", "text"),
    ("connection_number", "text"), ("electricity_account", "text"), ("vehicle_number", "vehicle"), ("arms_licence_number", "text"),
    ("business_name", "text"), ("business_type", "text"), ("roll_number", "text"), ("passing_year", "year"),
    ("worker_registration_number", "text"), ("dependants", "people"), ("family_members", "people"), ("ration_card_number", "text"),
]  # fmt: skip


def edit(client: StrictClient, key: str, **typed: str) -> TestResponse:
    return client.submit(f"/profile?edit={key}", f"profile-{key}", **typed)


def kept_by(person: Somebody) -> dict[str, str]:
    with person.app.app_context():
        return {key: one.value for key, one in get_profile(person.subject()).items()}


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


def page_value(client: StrictClient, key: str) -> str:
    """Return what the open line holds, as a browser would send it untouched."""
    return client.page(f"/profile?edit={key}").fields(f"profile-{key}")[key]


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


def test_a_section_is_filled_at_one_go(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)
    family = {"father_name": "Gurbachan Singh", "mother_name": "Surjit Kaur", "marriage_date": "1/2/2010"}

    answer = client.submit("/profile/family", "profile-family", **family)

    assert answer.status_code == 303
    assert {key: kept_by(person)[key] for key in family} == family | {"marriage_date": "2010-02-01"}
    with app.app_context():
        acts = [entry["fields"] for entry in list_entries(person.subject()) if entry["act"] == "profile.changed"]
    assert acts == [sorted(family)]


def test_a_section_with_one_wrong_answer_keeps_nothing_but_what_was_typed(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)

    answer = client.submit("/profile/family", "profile-family", father_name="Gurbachan Singh", marriage_date="soon")

    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.fields("profile-family")["father_name"] == "Gurbachan Singh"
    assert page.words("error-marriage_date")
    assert set(kept_by(person)) == {"full_name", "mobile"}


@pytest.mark.promise("P9")
def test_a_field_nobody_asked_for_is_not_kept(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)

    answer = client.submit("/profile/family", "profile-family", mother_name="Surjit Kaur", pan="ABCPE1234F", imei="356938035643809")

    assert answer.status_code == 303
    assert set(kept_by(person)) == {"full_name", "mobile", "mother_name"}


@pytest.mark.promise("P15")
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_an_empty_profile_offers_every_line_and_asks_for_none(app: Flask, client: StrictClient, language: str) -> None:
    signed_in(client, app=app, language=language)

    page = client.page("/profile")

    shown = {node.get("data-testid") for node in page.root.iter() if isinstance(node.tag, str) and "value-" in node.get("data-testid", "")}
    links = {node.get("href") for node in page.root.iter() if isinstance(node.tag, str) and node.get("href")}
    assert shown == {"value-full_name", "value-mobile"}
    assert {f"/profile?edit={key}#{key}" for key, _ in EDITABLE} <= links
    assert {"/account/mobile", "/account/email"} <= links


def test_the_places_of_a_district_are_asked_once_it_is_known(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    assert client.page("/profile?edit=tehsil").all("form-profile-tehsil") == []
    assert client.page("/profile?edit=tehsil").all("form-profile-district")
    edit(client, "district", district="barnala")
    fields = client.page("/profile/address").fields("profile-address")

    assert {"tehsil", "ulb"} <= set(fields)


@pytest.mark.parametrize("path", ["/profile/contact", "/profile/nothing", "/profile/__class__"])
def test_a_section_that_is_not_filled_here_is_not_found(app: Flask, client: StrictClient, path: str) -> None:
    signed_in(client, app=app)

    assert client.get(path).status_code == 404


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


@pytest.mark.promise("P68")
def test_a_profile_is_open_to_its_citizen_alone(app: Flask, client: StrictClient, another_client: StrictClient) -> None:
    signed_in(client, app=app, profile=PROFILE, full_name="Asha Rani")
    signed_in(another_client, app=app, full_name="Ravi Kumar")

    own, others = client.get("/profile").text, another_client.get("/profile").text

    assert PROFILE["mother_name"] in own
    assert PROFILE["mother_name"] not in others
    assert StrictClient.of(app).get("/profile").status_code == 303
    officer = StrictClient.of(app)
    signed_in(officer, app=app, role="officer", office="health")
    assert officer.get("/profile").status_code == 403


def test_a_profile_is_stored_by_no_cache(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app, profile=PROFILE)

    assert "no-store" in client.get("/profile").headers["Cache-Control"]
    assert "no-store" in client.get("/profile/family").headers["Cache-Control"]


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("section", [section for section in SECTIONS if section != "contact"])
def test_every_question_says_why_it_is_asked_and_the_page_stays_light(app: Flask, client: StrictClient, section: str) -> None:
    signed_in(client, app=app, profile=PROFILE, language="pa")

    page = client.page(f"/profile/{section}")

    with app.app_context():
        asked = [field for field in catalogue().fields.values() if field.profile_section == section]
    said = " ".join("".join(page.root.itertext()).split())
    described = " ".join(node.get("aria-describedby", "") for node in page.root.iter()).split()
    assert {f"{field.key}-why" for field in asked} <= set(described)
    assert [field.key for field in asked if field.purpose["pa"] not in said] == []
    assert len(brotli.compress(page.text.encode(), quality=5)) <= 4096


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


def test_where_money_goes_changes_only_with_fresh_proof(client: StrictClient, app: Flask, clock) -> None:
    person = signed_in(client, app=app, profile={"bank_account": "123456789012 SBIN0001234"})
    opened = client.page("/profile?edit=bank_account").fields("profile-bank_account")
    section = client.page("/profile/money").fields("profile-money")
    clock.advance(minutes=11)

    asked = client.get("/profile?edit=bank_account")
    line = client.post("/profile/money/bank_account", data={**opened, "bank_account": "918273645546 SBIN0009182"})
    whole = client.post("/profile/money", data={**section, "bank_account": "918273645546 SBIN0009182"})
    other = client.submit("/profile/money", "profile-money", income_annual="90000")

    for answer in (asked, line, whole):
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/account/prove?next=")
    assert kept_by(person)["bank_account"] == "123456789012 SBIN0001234"
    assert other.headers["Location"].startswith("/profile?kept=money")
