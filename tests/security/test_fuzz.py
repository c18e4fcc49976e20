"""Every field of every form is given every naughty value: never a fault of ours, and nothing comes back alive."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from msewa.web import form_keys
from tests.applications.conftest import Applicant
from tests.conftest import BACKENDS
from tests.people import PASSWORD, sign_in, somebody
from tests.security.naughty import ALIVE, NAUGHTY
from tests.strict_client import XHTML, Page, StrictClient

HIDDEN = ("csrf_token", "form_key")
ANSWERS = {200, 303, 400, 404, 409, 422, 429}
FORMS_OF_VISITORS = ("/sign-in", "/register", "/recover", "/services", "/privacy/verify")
SECTIONS = tuple(f"/profile/{section}" for section in ("identity", "address", "family", "work", "money", "papers_numbers"))
FORMS_OF_CITIZENS = (
    *SECTIONS,
    "/profile?edit=gender",
    "/account/email",
    "/account/mobile",
    "/account/password",
    "/account/second-factor",
    "/account/prove",
    "/account/security",
    "/privacy/choices",
    "/privacy/choices/digest",
    "/privacy/policy/changes",
)
# What only one of the databases stumbles over is tried on both.
TRICKY = tuple(value for value in NAUGHTY if any(sign in value for sign in ("\x00", "\ud800", "\udfff", "9223372036854775")))


class Fuzzer:
    """Sends the forms of a page as no browser would, with a token and keys as a browser has them."""

    def __init__(self, client: StrictClient, app: Flask) -> None:
        self.strict, self.plain = client, app.test_client()
        self.app = app
        self.wrong: list[str] = []

    def use(self, path: str, *, values: tuple[str, ...]) -> int:
        """Send each form of a page with each value in all its fields at once; return how many forms there were."""
        page = self.strict.page(path)
        forms = [form for form in page.forms() if form.get("data-testid") != "form-sign-out" and names_of(form)]
        for form in forms:
            for value in values:
                self._take_cookies()
                answer = self._send(path, form, dict.fromkeys(names_of(form), value))
                self.wrong += [f"{path} {form.get('data-testid')} {value[:40]!r}: {fault}" for fault in faults(answer)]
        return len(forms)

    def _take_cookies(self) -> None:
        for name in ("seed", "session"):
            cookie = self.strict.get_cookie(name)
            self.plain.set_cookie(name, cookie.value) if cookie else self.plain.delete_cookie(name)

    def _send(self, path: str, form: Any, typed: dict[str, str]) -> TestResponse:
        sent: dict[str, Any] = {name: value.encode("utf-8", "surrogatepass") for name, value in typed.items()}
        target = form.get("action") or path
        if form.get("method", "get").lower() == "get":
            return self.plain.get(target, query_string=sent)
        token = next(node.get("value") for node in form.iter(f"{XHTML}input") if node.get("name") == "csrf_token")
        with self.app.test_request_context():
            sent |= {"csrf_token": token, "form_key": form_keys.issue()}
        return self.plain.post(target, data=sent)


def names_of(form: Any) -> list[str]:
    kinds = ("input", "select", "textarea", "button")
    named = {node.get("name") for node in form.iter() if str(node.tag).removeprefix(XHTML) in kinds}
    return sorted(filter(None, named - set(HIDDEN)))


def faults(answer: TestResponse) -> Iterator[str]:
    text = answer.get_data(as_text=True)
    if answer.status_code not in ANSWERS:
        yield str(answer.status_code)
    yield from (f"alive: {word}" for word in ALIVE if word in text)
    if any(len(f"{name}{value}".splitlines()) > 1 for name, value in answer.headers):
        yield "a header in two lines"


@pytest.fixture
def fuzzer(app: Flask, client: StrictClient) -> Fuzzer:
    return Fuzzer(client, app)


@pytest.fixture
def values(backend: str) -> tuple[str, ...]:
    """Half of the values on each database, and the tricky ones on both."""
    half = NAUGHTY[BACKENDS.index(backend) :: 2]
    return (*half, *(value for value in TRICKY if value not in half))


@pytest.mark.parametrize("path", FORMS_OF_VISITORS)
def test_forms_of_visitors_take_anything_without_a_fault(fuzzer: Fuzzer, values: tuple[str, ...], path: str) -> None:
    assert fuzzer.use(path, values=values) > 0
    assert fuzzer.wrong == []


@pytest.mark.parametrize("path", FORMS_OF_CITIZENS)
def test_forms_of_citizens_take_anything_without_a_fault(fuzzer: Fuzzer, values: tuple[str, ...], path: str) -> None:
    sign_in(fuzzer.strict, somebody(fuzzer.app))
    # The pages share their fields' readers: each takes a part of the values, together they take all.
    own_part = values[FORMS_OF_CITIZENS.index(path) % 3 :: 3]

    assert fuzzer.use(path, values=own_part) > 0
    assert fuzzer.wrong == []


def test_the_application_form_takes_anything_and_shows_it_inert(harjinder: Applicant, values: tuple[str, ...]) -> None:
    base = harjinder.begin("income-certificate")
    fuzzer = Fuzzer(harjinder.client, harjinder.app)
    for step in range(1, len(harjinder.definition("income-certificate").steps) + 1):
        fuzzer.use(f"{base}/edit?step={step}", values=values)

    assert fuzzer.wrong == []


@pytest.mark.parametrize("value", [value for value in NAUGHTY if "MARK" in value] + ["{{191919*919191}}", "a & b < c > d \" e ' f"])
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
