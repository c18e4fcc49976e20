"""Signing in by number and password: where it leads, and what it never tells."""

import re
import time
from typing import Any

import pytest

from tests.accounts.walking import is_signed_in, sign_in, visit_kinds
from tests.people import Somebody, somebody
from tests.strict_client import StrictClient

UNKNOWN = "+919814000499"
ONCE = re.compile(r'(?:name="(?:csrf_token|form_key)" value|nonce|content)="[^"]*"')


def half_way(client: StrictClient, person: Somebody) -> Any:
    return client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)


@pytest.fixture
def person(app: Any) -> Somebody:
    return somebody(app)


def test_signing_in_takes_number_password_and_code_and_leads_back(client, person):
    location = sign_in(client, person, start="/sign-in?next=/services/birth-certificate%3Fdistrict%3Dmansa")

    assert location == "/services/birth-certificate?district=mansa"
    assert is_signed_in(client)


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client, person, elsewhere):
    assert sign_in(client, person, start=f"/sign-in?next={elsewhere}") == "/"


def test_the_page_names_the_service_one_signs_in_for(client):
    page = client.page("/sign-in?next=/services/birth-certificate/apply")

    assert "You come back to it at once" in page.text


def test_the_number_may_be_typed_as_people_type_it(client, person):
    spaced = f"0 {person.mobile[3:8]}-{person.mobile[8:]}"

    assert client.submit("/sign-in", "sign-in", mobile=spaced, password=person.password).status_code == 303


@pytest.mark.promise("P75")
def test_a_password_alone_opens_nothing(app, client, person):
    half_way(client, person)

    assert visit_kinds(app, client) == ["half"]
    assert client.get("/account/security").headers["Location"].startswith("/sign-in")


def test_known_and_unknown_numbers_get_the_same_answer(client, another_client, person):
    known = client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")
    unknown = another_client.submit("/sign-in", "sign-in", mobile=UNKNOWN, password="wrong wrong wrong")

    texts = [ONCE.sub("", answer.get_data(as_text=True)) for answer in (known, unknown)]
    assert known.status_code == unknown.status_code == 422
    assert texts[0].replace(person.mobile, "") == texts[1].replace(UNKNOWN, "")


def test_a_password_of_nothing_but_marks_is_refused_as_quickly_as_another_long_one(client, person):
    page = client.page("/sign-in")

    def press(password: str) -> tuple[float, Any]:
        began = time.process_time()
        answer = client.post("/sign-in", data=page.fields("sign-in") | {"mobile": person.mobile, "password": password})
        return time.process_time() - began, answer

    plain, _ = min(press("ab" * 20_000) for _ in range(2))
    marked, answer = press("a" + "\u0301" * 20_000 + "\u0316" * 20_000)

    assert (answer.status_code, "Take at most 256 letters" in answer.text) == (422, True)
    assert person.mobile in answer.text, "what else was typed stays"
    assert marked < 40 * plain
