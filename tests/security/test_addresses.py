"""Addresses that no link of ours has are addresses of nothing."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.people import signed_in
from tests.strict_client import StrictClient


def named(app: Flask) -> list[Rule]:
    """Return the addresses that name something by a text; what programs ask answers in JSON, and is tried in tests/consents."""
    rules = [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/api/")]
    return [rule for rule in rules if rule.arguments and "<int" not in rule.rule]


@pytest.fixture(params=["citizen", "dpo"])
def browser(request: pytest.FixtureRequest, app: Flask, client: StrictClient) -> FlaskClient:
    """A browser of somebody signed in, which also sends what no browser would."""
    signed_in(client, app=app, role=request.param)
    plain, session = app.test_client(), client.get_cookie("session")
    assert session is not None
    plain.set_cookie("session", session.value)
    return plain


@pytest.mark.parametrize("nul", ["\0", "a\0", "\0a"])
def test_an_address_with_a_nul_leads_nowhere(app: Flask, browser: FlaskClient, nul: str) -> None:
    adapter = app.url_map.bind("localhost")
    asked = [
        (adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, nul), method=method), method)
        for rule in named(app)
        for method in ("GET", "POST")
        if method in (rule.methods or ())
    ]

    wrong = {f"{method} {path}": status for path, method in asked if (status := browser.open(path, method=method).status_code) != 404}

    assert len(asked) > 40
    assert wrong == {}


@pytest.mark.parametrize("name", ["before", "sent", "month", "provider", "receipt", "about"])
def test_a_question_with_a_nul_is_no_fault_of_ours(app: Flask, browser: FlaskClient, name: str) -> None:
    pages = [rule.rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]

    faults = [path for path in pages if browser.get(path, query_string={name: "a\0"}).status_code >= 500]

    assert len(pages) > 40
    assert faults == []
