"""Headers of every kind of answer: pages, fragments, JSON, redirects, errors, static files, and what was not modified."""

import gzip
import re

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from msewa.web.headers import OF_DOCUMENTS, PIECES
from tests.people import signed_in
from tests.strict_client import StrictClient

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KINDS = {
    "a page": "/",
    "a list": "/services",
    "a form": "/sign-in",
    "JSON": "/health/ready",
    "a redirect": "/applications",
    "an unknown address": "/no-such-page",
    "an unknown file": "/static/nothing.css",
    "plain text": "/sandbox/clock.json",
}


def every_kind(app: Flask, client: FlaskClient) -> dict[str, TestResponse]:
    asset = app.jinja_env.globals["asset"]
    answers = {kind: client.get(path) for kind, path in KINDS.items()}
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#results"}
    answers["a fragment"] = client.get("/services", headers=htmx)
    answers["a method that is not allowed"] = client.put("/services")
    answers["a forged form"] = client.post("/sign-in", data={"mobile": "1"})
    answers["a body too large"] = client.post("/sign-in", data={"mobile": "9" * 700_000})
    for name in ("face.css", "icons.svg", "htmx.js"):
        answers[name] = client.get(asset(name))
    answers["what was not modified"] = client.get(asset("face.css"), headers={"If-None-Match": answers["face.css"].headers.get("ETag", "")})
    answers["only headers"] = client.head("/")
    answers["options"] = client.options("/")
    for answer in answers.values():
        answer.get_data()
        answer.close()
    return answers


def unpacked(answer: TestResponse) -> bytes:
    coding = answer.headers.get("Content-Encoding")
    return {"br": brotli.decompress, "gzip": gzip.decompress}[coding](answer.data) if coding else answer.data


def test_every_answer_carries_the_headers_that_guard_it(app: Flask, client: StrictClient) -> None:
    wrong = {}
    for kind, answer in every_kind(app, client).items():
        headers = answer.headers
        is_piece = headers.get("Content-Type", "").startswith(PIECES)
        for name, value in EVERYWHERE.items():
            if is_piece and name in OF_DOCUMENTS:
                continue
            if headers.getlist(name) != [value]:
                wrong[kind, name] = headers.getlist(name)
        if len(headers.getlist("Content-Security-Policy")) != 1 or "default-src '" not in headers["Content-Security-Policy"]:
            wrong[kind, "policy"] = headers.getlist("Content-Security-Policy")
        if not is_piece and "geolocation=()" not in headers.get("Permissions-Policy", ""):
            wrong[kind, "permissions"] = headers.get("Permissions-Policy")

    assert wrong == {}


def test_no_answer_lets_another_site_read_it_or_tells_our_versions(app: Flask, client: StrictClient) -> None:
    told = {
        (kind, name): value
        for kind, answer in every_kind(app, client).items()
        for name, value in answer.headers
        if name.lower().startswith("access-control-") or name.lower() in ("server", "x-powered-by", "via")
    }

    assert told == {}


def test_the_content_policy_allows_nothing_inline_and_nothing_from_elsewhere(app: Flask, client: StrictClient) -> None:
    for kind, answer in every_kind(app, client).items():
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, kind
        assert "http" not in policy, kind
        assert "*" not in policy, kind
        assert "frame-ancestors 'none'" in policy, kind


def test_a_nonce_is_never_given_twice(client: StrictClient) -> None:
    policies = [client.get("/services").headers["Content-Security-Policy"] for _ in range(5)]

    assert len(set(policies)) == 5 or "nonce" not in policies[0]


def test_every_answer_says_what_it_is_and_in_which_letters(app: Flask, client: StrictClient) -> None:
    for kind, answer in every_kind(app, client).items():
        if answer.data and answer.status_code != 304:
            assert answer.headers["Content-Type"] in (
                "text/html; charset=utf-8",
                "application/json",
                "text/plain; charset=utf-8",
                'text/css; charset="utf-8"',
                "text/css; charset=utf-8",
                "image/svg+xml; charset=utf-8",
                'text/javascript; charset="utf-8"',
                "text/javascript; charset=utf-8",
            ), kind


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_every_text_answer_comes_compressed_to_who_asks(app: Flask, client: StrictClient, coding: str) -> None:
    plain = every_kind(app, client)
    stranger = app.test_client()
    stranger.environ_base["HTTP_ACCEPT_ENCODING"] = coding
    packed = every_kind(app, stranger)

    loose = [kind for kind, answer in packed.items() if plain[kind].data and answer.headers.get("Content-Encoding") != coding]

    assert loose == []
    assert packed["an unknown address"].headers["Content-Encoding"] == coding
    assert packed["a forged form"].headers["Content-Encoding"] == coding
    for kind, answer in packed.items():
        if answer.headers.get("Content-Encoding") and plain[kind].data:
            assert "Accept-Encoding" in answer.headers["Vary"], kind
            assert unpacked(answer), kind


def test_every_address_that_can_be_opened_answers_compressed(app: Flask) -> None:
    """Whatever it answers to a citizen: the page, the file, a redirect, or that there is nothing of this name."""
    client = app.test_client()
    signed_in(client, app=app)
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint != "static"]
    paths = sorted(re.sub(r"<int:[^>]+>", "1", rule.rule) for rule in rules if "/sign-out" not in rule.rule)
    loose = {}
    for path in paths:
        answer = client.get(re.sub("<[^>]+>", "unknown", path), headers={"Accept-Encoding": "br, gzip"})
        # Read before the next one is asked for: what is sent in pieces holds its request open.
        if answer.data and answer.headers.get("Content-Encoding") != "br":
            loose[path] = answer.mimetype

    assert loose == {}
    assert len(paths) > 100


def test_what_is_hers_is_stored_by_no_cache(app: Flask, client: StrictClient) -> None:
    public = client.get("/services").headers["Cache-Control"]
    forged = client.post("/sign-in", data={}).headers["Cache-Control"]
    signed_in(client, app=app)
    answers = {path: client.get(path) for path in ("/", "/services", "/account/security", "/profile", "/applications", "/nowhere")}

    assert public == "no-cache"
    assert forged == "no-store"
    assert {path: answer.headers["Cache-Control"] for path, answer in answers.items()} == dict.fromkeys(answers, "no-store")
    assert all("Cookie" in answer.headers["Vary"] for answer in answers.values())


def test_a_page_that_has_parts_says_what_picks_them(client: StrictClient) -> None:
    vary = client.get("/services").headers["Vary"]

    assert {"HX-Request", "HX-Request-Type", "HX-Target", "Cookie"} <= set(vary.replace(" ", "").split(","))


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND", "GET2"])
def test_a_method_that_is_not_listed_is_not_answered(app: Flask, client: StrictClient, method: str) -> None:
    answered = {}
    for path in ("/", "/services", "/sign-in", "/health/live", app.jinja_env.globals["asset"]("face.css")):
        answered[path] = client.open(path, method=method).status_code

    assert set(answered.values()) <= {405, 400, 404}, answered


def test_nothing_inside_the_project_can_be_fetched(client: StrictClient) -> None:
    paths = (
        "/.git/config",
        "/.env",
        "/app.py",
        "/msewa/config.py",
        "/instance/keyring.json",
        "/static/",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/static/%00",
        "/static/built",
        "/metrics",
        "/debug",
        "/console",
    )

    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)


def test_an_address_with_something_added_is_no_page_of_hers(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)

    for path in ("/profile/x.css", "/account/security/x.js", "/applications/x.png", "/profile;x.css", "/account/security%2fx.css"):
        assert client.get(path).status_code == 404, "a cache that goes by the ending would keep her page"
