"""Production speaks HTTPS only, its cookies too, and knows nothing of the sandbox (P73)."""

from urllib.parse import unquote

import pytest
from flask import Flask

from tests.security.conftest import PUBLIC_URL
from tests.strict_client import StrictClient

STATIC = "/static/"


@pytest.fixture
def plain(production: Flask) -> StrictClient:
    return StrictClient.of(production)


def a_static_file(app: Flask) -> str:
    return app.jinja_env.globals["asset"]("face.css")


@pytest.mark.promise("P73")
@pytest.mark.parametrize("path", ["/", "/services?q=a%20b&category=x", "/no-such-page", "/sign-in", "/%0d%0aSet-Cookie:x=1"])
def test_a_page_over_plain_http_is_moved_to_https_at_our_own_address(plain: StrictClient, path: str) -> None:
    answer = plain.get(path, base_url="http://evil.example.org")

    assert answer.status_code == 301
    assert answer.headers["Location"].startswith(PUBLIC_URL + "/")
    assert unquote(answer.headers["Location"].removeprefix(PUBLIC_URL)) == unquote(path)
    assert "\n" not in answer.headers["Location"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.promise("P73")
def test_a_static_file_over_plain_http_is_moved_too(production: Flask, plain: StrictClient) -> None:
    assert plain.get(a_static_file(production)).status_code == 301


@pytest.mark.promise("P73")
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_what_would_be_sent_over_plain_http_is_refused(plain: StrictClient, method: str) -> None:
    assert plain.open("/sign-in", method=method, data={"password": "x"}).status_code == 403


def test_health_is_asked_inside_the_network(plain: StrictClient) -> None:
    assert plain.get("/health/live").status_code == 200


@pytest.mark.promise("P73")
def test_every_answer_binds_browsers_to_https_for_a_year(production: Flask, https: StrictClient) -> None:
    paths = ("/", "/no-such-page", "/health/live", "/applications", a_static_file(production))
    answers = [https.get(path, buffered=True) for path in paths] + [https.post("/services")]

    assert {answer.headers["Strict-Transport-Security"] for answer in answers} == {"max-age=31536000; includeSubDomains"}


@pytest.mark.promise("P73")
@pytest.mark.parametrize("path", ["/register", "/sign-in", "/recover", "/?lang=pa&theme=dark"])
def test_every_cookie_is_for_https_and_this_host_alone(https: StrictClient, path: str) -> None:
    answer = https.get(path)

    cookies = answer.headers.getlist("Set-Cookie")
    for cookie in cookies:
        assert "Secure" in cookie, cookie
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=" in cookie, cookie
        assert "Domain=" not in cookie, cookie
        assert cookie.startswith(("__Host-", "lang=", "theme=", "size=")), cookie
        assert len(cookie) < 4096
    assert cookies or path.startswith("/recover")


@pytest.mark.promise("P25")
def test_production_knows_no_sandbox(production: Flask, https: StrictClient) -> None:
    paths = ("", "/", "/outbox.json", "/personas.json", "/clock.json", "/clock", "/reset", "/work", "/providers/health/inbox.json")

    answers = {https.get("/sandbox" + path).status_code for path in paths}

    assert answers == {404}
    assert not [rule.rule for rule in production.url_map.iter_rules() if "sandbox" in rule.rule or "sandbox" in rule.endpoint]
    assert "seed" not in production.cli.commands


def test_production_carries_messages_by_real_couriers_over_tls(production: Flask) -> None:
    assert type(production.extensions["courier"]).__module__ == "msewa.notifications.gateway"
    assert type(production.extensions["departments"]).__module__ == "msewa.delivery.gateway"
    assert type(production.extensions["clock"]).__name__ == "SystemClock"


@pytest.mark.promise("P73")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_a_client_says_of_proxies_is_not_believed(app: Flask, client: StrictClient) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example.org", "X-Forwarded-Prefix": "/evil", "X-Real-IP": "10.0.0.1"}
    seen: dict[str, str] = {}
    inner = app.wsgi_app

    def look(environ, start_response):
        seen.update({name: environ.get(name, "") for name in ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "REMOTE_ADDR")})
        return inner(environ, start_response)

    app.wsgi_app = look
    try:
        answer = client.get("/applications", headers=said)
    finally:
        app.wsgi_app = inner

    assert seen == {"wsgi.url_scheme": "http", "HTTP_HOST": "localhost", "SCRIPT_NAME": "", "REMOTE_ADDR": "127.0.0.1"}
    assert "evil" not in answer.headers.get("Location", "") + answer.get_data(as_text=True)


@pytest.mark.promise("P73")
def test_of_a_chain_of_proxies_only_our_own_is_believed(production: Flask) -> None:
    client = StrictClient.of(production)

    answer = client.get("/", headers={"X-Forwarded-Proto": "https, http"})

    assert answer.status_code == 301, "the proxy next to us saw plain HTTP, whatever the client claims before it"
