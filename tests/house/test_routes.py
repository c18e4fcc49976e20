"""House rules for routes: marked, closed to strangers, plainly named."""

import re

import pytest
from flask import Flask

from msewa.web.access import CITIZEN, PUBLIC, SANDBOX, SIGNED_IN, audience_of
from tests.people import DISTRICT_OFFICE, signed_in
from tests.strict_client import XHTML, StrictClient

KEBAB = re.compile(r"(/|/robots\.txt|/([a-z0-9-]+|<[a-z_:]+>)(/([a-z0-9-]+|<[a-z_:]+>(\.(json|csv))?|[a-z]+\.(json|py)))*)")
# Names that an outside contract sets (Estonia's data tracker).
SET_ELSEWHERE = ("/api/data-tracker/findUsage", "/api/data-tracker/usagePeriod")
KNOWN = {PUBLIC, SIGNED_IN, CITIZEN, SANDBOX, "operator", "officer", "dpo"}


def rules(app: Flask) -> list:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.promise("P68")
def test_every_route_says_whom_it_is_open_to(app: Flask) -> None:
    unmarked = [rule.rule for rule in rules(app) if audience_of(app.view_functions[rule.endpoint]) not in KNOWN]

    assert unmarked == [], "mark these with an audience of msewa/web/access.py"


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.promise("P68")
def test_a_route_without_a_mark_stays_shut(app: Flask, client: StrictClient) -> None:
    app._got_first_request = False
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")

    try:
        assert client.get("/forgotten").status_code == 403
    finally:
        app.url_map._rules_by_endpoint.pop("forgotten", None)
        app.view_functions["forgotten"].audience = PUBLIC


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.promise("P68")
def test_no_route_behind_a_sign_in_answers_a_stranger(app: Flask, client: StrictClient) -> None:
    open_to_all = (PUBLIC, SANDBOX)
    closed = [rule for rule in rules(app) if audience_of(app.view_functions[rule.endpoint]) not in open_to_all]
    answers = {}
    for rule in closed:
        if rule.rule == "/forgotten":
            continue
        path = re.sub(r"<int:[^>]+>", "1", rule.rule)
        path = re.sub(r"<[^>]+>", "x", path)
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            response = client.open(path, method=method)
            answers[method, rule.rule] = (response.status_code, response.headers.get("Location", "").partition("?")[0])

    wrong = {key: answer for key, answer in answers.items() if answer != (303, "/sign-in") and answer[0] != 400}
    assert wrong == {}, "a POST without a token is 400, everything else leads to the sign-in page"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_visit_to_an_address_that_only_takes_a_form_leads_to_the_page_with_the_form(app: Flask, client: StrictClient) -> None:
    in_sandbox = {rule.rule for rule in rules(app) if audience_of(app.view_functions[rule.endpoint]) == SANDBOX}
    visited = {rule.rule for rule in rules(app) if "GET" in rule.methods}
    dead_ends = {}
    for rule in rules(app):
        # A route that a test of forms adds for itself has no page.
        if rule.rule not in visited | in_sandbox and not rule.rule.startswith("/test/"):
            path = re.sub(r"<[^>]+>", "x", rule.rule)
            answer = client.get(f"{path}?lang=pa")
            adapter = app.url_map.bind("localhost")
            if answer.status_code != 303 or not adapter.test(answer.headers["Location"].partition("?")[0], method="GET"):
                dead_ends[rule.rule] = answer.status_code
            assert client.head(path).status_code == answer.status_code

    assert dead_ends == {}, "name the form's page: @form_on of msewa/web/access.py"
    assert client.get("/sandbox/reset").status_code == 405


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("role", ["citizen", "operator", "officer", "dpo"])
@pytest.mark.parametrize("page", ["/", "/statistics", "/account/security"])
def test_no_page_offers_a_link_that_is_shut_to_whoever_reads_it(app: Flask, client: StrictClient, role: str, page: str) -> None:
    signed_in(client, app=app, role=role, office=DISTRICT_OFFICE if role == "officer" else None)
    links = {node.get("href", "").partition("#")[0] for node in client.page(page).root.iter(f"{XHTML}a")}

    shut = {link: client.get(link).status_code for link in links if link.startswith("/")}

    assert {link: status for link, status in shut.items() if status >= 400} == {}


@pytest.mark.parametrize("backend", ["sqlite"])
def test_addresses_are_in_kebab_case(app: Flask) -> None:
    odd = [rule.rule for rule in rules(app) if not KEBAB.fullmatch(rule.rule) and rule.rule not in SET_ELSEWHERE]

    assert odd == []


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_is_not_listed_is_not_answered(client: StrictClient) -> None:
    refused = {
        path: client.get(path).status_code for path in ("/.git/config", "/.env", "/static/", "/static/../app.py", "/debug", "/admin")
    }

    assert set(refused.values()) == {404}, refused
    assert client.open("/", method="TRACE").status_code == 405
    assert client.put("/services").status_code in (400, 405)
