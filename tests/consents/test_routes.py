"""The policy's pages, and the way to them from every page."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.catalogue.queries import catalogue
from msewa.consents.texts import get_notice, get_policy
from msewa.extensions import Base, db
from msewa.web.access import PUBLIC, audience_of
from tests.people import signed_in
from tests.strict_client import StrictClient

ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"])
LANGUAGES = pytest.mark.parametrize("language", ["en", "pa", "hi"])
SAMPLES = {
    "/services/<slug>": "/services/birth-certificate",
    "/providers/<slug>": "/providers/health",
    "/privacy/policy/<version>": "/privacy/policy/1.0",
    "/privacy/notice/<name>/<version>": "/privacy/notice/registration/1.0",
}


def public_paths(app: Flask) -> list[str]:
    rules = [
        rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and audience_of(app.view_functions[rule.endpoint]) == PUBLIC
    ]
    return sorted({SAMPLES.get(rule.rule, rule.rule) for rule in rules if "<" not in rule.rule or rule.rule in SAMPLES})


@ONE_BACKEND
@pytest.mark.promise("P1")
def test_every_public_page_links_the_policy_and_names_who_runs_it(app: Flask, client: StrictClient) -> None:
    seen = []
    for path in public_paths(app):
        answer = client.get(path)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            seen.append(path)
            assert 'href="/privacy/policy"' in answer.text, path
            assert "Privacy policy 1.0" in answer.text, path
            assert app.extensions["settings"].operator["en"] in answer.text, path

    assert {"/", "/services", "/services/birth-certificate", "/register", "/sign-in", "/privacy/policy"} <= set(seen)
    assert 'href="/privacy/policy"' in client.get("/no-such-page").text


@ONE_BACKEND
@LANGUAGES
@pytest.mark.promise("P1")
def test_the_policy_is_open_to_everybody_in_her_language(app: Flask, client: StrictClient, language: str) -> None:
    page = client.page(f"/privacy/policy?lang={language}")

    text, settings = get_policy("1.0", language), app.extensions["settings"]
    said = " ".join("".join(page.one("page-consents.policy").itertext()).split())
    assert page.words("policy-digest") == text.sha256
    assert settings.operator[language] in said
    assert "1.0" in said
    assert text.effective_on.strftime("%d/%m/%Y") in said
    assert [section.title for section in text.sections if section.title not in said] == []


@ONE_BACKEND
@LANGUAGES
@pytest.mark.promise("P10")
def test_every_version_stays_at_its_own_address(client: StrictClient, language: str) -> None:
    page = client.page(f"/privacy/policy/1.0?lang={language}")

    assert page.words("policy-digest") == get_policy("1.0", language).sha256
    assert "/privacy/policy/1.0" in page.text


@ONE_BACKEND
@pytest.mark.parametrize(
    "path", ["/privacy/policy/0.9", "/privacy/policy/1", "/privacy/policy/..%2f1.0", "/privacy/notice/registration/2.0"]
)
def test_what_was_never_published_is_not_found(client: StrictClient, path: str) -> None:
    assert client.get(path).status_code == 404


@ONE_BACKEND
@pytest.mark.parametrize("path", ["/privacy/notice/nothing/1.0", "/privacy/notice/..%2f..%2fqueries/1.0", "/privacy/notice/*/1.0"])
def test_a_notice_of_another_name_is_not_found(client: StrictClient, path: str) -> None:
    assert client.get(path).status_code == 404


@ONE_BACKEND
@LANGUAGES
def test_a_notice_can_be_read_again_as_it_was_shown(client: StrictClient, language: str) -> None:
    page = client.page(f"/privacy/notice/registration/1.0?lang={language}")

    assert page.words("notice-digest") == get_notice("registration", language, version="1.0").sha256


@ONE_BACKEND
@pytest.mark.promise("P7", "P8")
def test_everything_that_a_form_asks_is_listed_by_its_category(app: Flask, client: StrictClient) -> None:
    with app.app_context():
        known = catalogue()

    rows = {row.get("data-id") for row in client.page("/privacy/asked").all("asked-row")}

    assert rows == {need.key for service in known.services.values() for need in service.fields}
    assert client.page("/privacy/policy").text.count('href="/privacy/asked"') == 1


@pytest.mark.promise("P35")
def test_saying_no_to_the_notice_leaves_no_row(app: Flask, client: StrictClient) -> None:
    client.get("/")
    before = rows_of(app)

    answer = client.submit("/register", "notice", answer="no")

    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200
    assert rows_of(app) == before
    assert client.get("/services").status_code == 200


def rows_of(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {name: db.session.scalar(select(func.count()).select_from(table)) for name, table in Base.metadata.tables.items()}


@ONE_BACKEND
def test_no_page_of_the_policy_is_heavy(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app, language="pa")

    for path in ("/privacy/policy", "/privacy/asked", "/privacy/notice/registration/1.0"):
        assert len(re.sub(r"\s+", " ", client.get(path).text)) < 16_000


@ONE_BACKEND
@LANGUAGES
def test_the_demonstration_names_the_helpline_where_a_contact_will_stand(client: StrictClient, language: str) -> None:
    page = client.page(f"/privacy/policy?lang={language}")

    unknown = {"en": "Not known", "pa": "ਪਤਾ ਨਹੀਂ", "hi": "पता नहीं"}[language]
    facts = next(node for node in page.root.iter() if node.get("class") == "facts")
    said = " ".join("".join(facts.itertext()).split())
    assert unknown not in said
    assert said.count("1100") == 1
