"""Every field of every form is given every naughty value: never a fault of ours, and nothing comes back alive."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.applications.conftest import Applicant
from tests.people import PASSWORD, sign_in, somebody
from tests.security.naughty import ALIVE, NAUGHTY
from tests.strict_client import XHTML, Page, StrictClient

PARTS = 4
HIDDEN = ("csrf_token", "form_key")
ANSWERS = {200, 303, 400, 404, 409, 422, 429}
FORMS_OF_VISITORS = ("/sign-in", "/register", "/recover", "/services")
FORMS_OF_CITIZENS = (
    "/profile/identity",
    "/profile/contact",
    "/profile/address",
    "/profile/family",
    "/profile/work",
    "/profile/money",
    "/profile/papers_numbers",
    "/profile?edit=gender",
    "/account/email",
    "/account/mobile",
    "/account/password",
    "/account/second-factor",
    "/account/prove",
    "/account/security",
)


def forms_of(page: Page) -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, method and field names of every form of a page."""
    for form in page.forms():
        names = {node.get("name") for node in form.iter() if str(node.tag).removeprefix(XHTML) in ("input", "select", "textarea", "button")}
        yield form.get("data-testid", ""), form.get("method", "get").lower(), sorted(filter(None, names - set(HIDDEN)))


def fuzz(client: StrictClient, path: str, *, values: tuple[str, ...], again: Callable[[], None]) -> list[str]:
    """Send each form of a page with each value in all its fields at once; return what went wrong."""
    wrong: list[str] = []
    for testid, method, names in forms_of(client.page(path)):
        if testid in ("form-sign-out", "form-end-others") or not names:
            continue
        for value in values:
            answer = _send(client, path, testid=testid, method=method, typed=dict.fromkeys(names, value))
            wrong += [f"{path} {testid} {value[:40]!r}: {fault}" for fault in _faults(answer)]
            again()
    return wrong


def _send(client: StrictClient, path: str, *, testid: str, method: str, typed: dict[str, str]) -> TestResponse:
    page = client.page(path)
    form = next(one for one in page.forms() if one.get("data-testid", "") == testid)
    hidden = {node.get("name"): node.get("value") for node in form.iter(f"{XHTML}input") if node.get("name") in HIDDEN}
    sent = {name: value.encode("utf-8", "surrogatepass") for name, value in typed.items()}
    target = form.get("action") or path
    if method == "get":
        return client.get(target, query_string=sent)
    return client.post(target, data={**sent, **hidden})


def _faults(answer: TestResponse) -> Iterator[str]:
    text = answer.get_data(as_text=True)
    if answer.status_code not in ANSWERS:
        yield str(answer.status_code)
    yield from (f"alive: {word}" for word in ALIVE if word in text)
    if "49" in text and "{{7*7}}" not in text and "7*7" in text:
        yield "computed"
    if any(len(header.splitlines()) > 1 for _, header in answer.headers):
        yield "a header in two lines"


def part(number: int) -> tuple[str, ...]:
    return NAUGHTY[number::PARTS]


@pytest.mark.parametrize("number", range(PARTS))
def test_forms_of_visitors_take_anything_without_a_fault(app: Flask, client: StrictClient, number: int) -> None:
    wrong: list[str] = []
    for path in FORMS_OF_VISITORS:
        wrong += fuzz(client, path, values=part(number), again=lambda: client.delete_cookie("session"))

    assert wrong == []


@pytest.mark.parametrize("number", range(PARTS))
def test_forms_of_citizens_take_anything_without_a_fault(app: Flask, client: StrictClient, number: int) -> None:
    person = somebody(app, full_name="Harjinder Kaur")
    wrong: list[str] = []
    for path in FORMS_OF_CITIZENS:
        sign_in(client, person)
        # Half of the pages on each half of the values: what differs between pages is few, and between values much.
        wrong += fuzz(client, path, values=part(number)[hash(path) % 2 :: 2], again=lambda: sign_in(client, person))

    assert wrong == []


@pytest.mark.parametrize("number", range(PARTS))
def test_the_application_form_keeps_what_was_typed_and_shows_it_inert(harjinder: Applicant, number: int) -> None:
    base = harjinder.begin("income-certificate")
    wrong: list[str] = []
    steps = len(harjinder.definition("income-certificate").steps)
    for step in range(1, steps + 1):
        wrong += fuzz(harjinder.client, f"{base}/edit?step={step}", values=part(number), again=lambda: None)

    assert wrong == []


@pytest.mark.parametrize("value", [value for value in NAUGHTY if "MARK" in value] + ["{{7*7}}", "a & b < c > d \" e ' f"])
def test_a_name_is_kept_as_typed_and_shown_inert_on_every_page(app: Flask, client: StrictClient, value: str) -> None:
    person = somebody(app, full_name=value)
    sign_in(client, person)

    for path in ("/", "/profile", "/account/security", "/applications", "/services"):
        text = client.get(path).get_data(as_text=True)
        assert not [word for word in ALIVE if word in text], path
    assert value.split()[0] in shown(client.page("/profile"))


def shown(page: Page) -> str:
    return " ".join("".join(page.root.itertext()).split())


@pytest.mark.parametrize("value", [value for value in NAUGHTY if value.strip() and len(value) < 300][::3])
def test_a_search_shows_what_was_typed_inert(client: StrictClient, value: str) -> None:
    text = value.encode("utf-8", "surrogatepass")

    for headers in ({}, {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#results"}):
        answer = client.get("/services", query_string={"q": text}, headers=headers)
        assert answer.status_code == 200
        assert not [word for word in ALIVE if word in answer.get_data(as_text=True)]


@pytest.mark.parametrize("typed", [PASSWORD + "\x00", "\ud800" * 12, "ੳ" * 256, "a" * 100_000, "\u202e" * 20])
def test_any_password_gets_the_same_refusal(app: Flask, client: StrictClient, typed: str) -> None:
    person = somebody(app)
    values: dict[str, Any] = {"mobile": person.mobile, "password": typed.encode("utf-8", "surrogatepass")}

    assert client.submit("/sign-in", "sign-in", **values).status_code == 422
