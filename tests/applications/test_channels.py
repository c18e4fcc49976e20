"""P78: whatever way somebody comes, a page, a part of one, or a machine's request, the gates are the same and there is no side door."""

import re

import pytest
from flask import Flask

from msewa.closure.operations.closing import close_account
from msewa.extensions import db, writing
from msewa.web.access import PUBLIC, audience_of
from tests.applications.conftest import Applicant, suspend
from tests.applications.test_review import packages
from tests.people import PROFILE, signed_in
from tests.strict_client import StrictClient

CHANNELS = {
    "a page": {},
    "a part of a page": {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "main#main"},
    "a whole page by htmx": {"HX-Request": "true", "HX-Request-Type": "full"},
    "a machine": {"Accept": "application/json", "User-Agent": "curl/8"},
    "an installed app": {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"},
}
PLANTED = [*(value for value in PROFILE.values() if len(value) > 8), "Harjinder Planted Kaur", "harjinder.planted@example.org"]

pytestmark = pytest.mark.promise("P78")


@pytest.fixture(params=CHANNELS)
def headers(request: pytest.FixtureRequest) -> dict[str, str]:
    return CHANNELS[request.param]


def token(applicant: Applicant, base: str) -> dict[str, str]:
    fields = applicant.page(f"{base}/edit?step=1").fields("application")
    return {name: fields[name] for name in ("csrf_token", "form_key")}


def test_nothing_goes_unseen_by_any_way(harjinder: Applicant, headers: dict[str, str]) -> None:
    base = harjinder.begin()
    harjinder.fill(base)
    typed = {**token(harjinder, base), "declare": "1", "digest": "0" * 64}

    answer = harjinder.client.post(f"{base}/submit", data=typed, headers=headers)

    assert answer.status_code == 409
    assert packages(harjinder) == 0


def test_a_stopped_office_gets_nothing_by_any_way(harjinder: Applicant, headers: dict[str, str]) -> None:
    base = harjinder.reviewed()
    typed = {**harjinder.page(f"{base}/review").fields("submit"), "declare": "1"}
    suspend(harjinder.app, "health")

    answer = harjinder.client.post(f"{base}/submit", data=typed, headers=headers)

    assert answer.status_code == 409
    assert packages(harjinder) == 0


def test_without_its_token_no_form_is_taken_by_any_way(harjinder: Applicant, headers: dict[str, str]) -> None:
    base = harjinder.reviewed()
    typed = {**harjinder.page(f"{base}/review").fields("submit"), "declare": "1"}

    answer = harjinder.client.post(f"{base}/submit", json=typed, headers=headers)

    assert answer.status_code == 400
    assert packages(harjinder) == 0


@pytest.mark.promise("P28")
def test_looking_at_a_draft_sends_nothing_by_any_way(harjinder: Applicant, headers: dict[str, str]) -> None:
    base = harjinder.reviewed()

    for path in ("", "/edit", "/review", "/sent", "/withdraw", "/submit"):
        harjinder.client.get(f"{base}{path}", headers=headers)
        harjinder.client.head(f"{base}{path}", headers=headers)

    assert packages(harjinder) == 0


@pytest.mark.promise("P27")
def test_nobody_elses_application_opens_by_any_way(harjinder: Applicant, stranger: Applicant, headers: dict[str, str]) -> None:
    base = harjinder.reviewed()

    answers = {stranger.client.get(f"{base}{path}", headers=headers).status_code for path in ("", "/edit", "/review", "/sent")}

    assert answers == {404}


@pytest.mark.promise("P53")
def test_who_has_left_is_gone_by_every_way(harjinder: Applicant, headers: dict[str, str]) -> None:
    base = harjinder.reviewed()
    with harjinder.app.app_context(), writing():
        close_account(harjinder.person.id, actor=harjinder.person.actor, now=harjinder.app.extensions["clock"].now())
        db.session.commit()

    for path in (base, f"{base}/review", "/applications", "/profile"):
        answer = harjinder.client.get(path, headers=headers)
        led_to = answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
        assert led_to.startswith("/sign-in"), path
        assert not any(value in answer.get_data(as_text=True) for value in PLANTED)


@pytest.mark.promise("P31")
def test_what_is_open_to_all_tells_nobody_anything_of_her(client: StrictClient, another_client: StrictClient, app: Flask) -> None:
    signed_in(another_client, app=app, profile=PROFILE, full_name=PLANTED[-2], email=PLANTED[-1])
    another_client.page("/profile")

    told = []
    for path in open_addresses(app):
        for headers in CHANNELS.values():
            text = client.get(path, headers=headers).get_data(as_text=True)
            told += [f"{path}: {value}" for value in PLANTED if value in text]

    assert told == []


def open_addresses(app: Flask) -> list[str]:
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and audience_of(app.view_functions[rule.endpoint]) == PUBLIC
    ]
    return sorted({re.sub(r"<[^>]+>", "1", rule.rule) for rule in rules})
