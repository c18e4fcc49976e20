"""Headers of every answer, and the redirect to HTTPS."""

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.utils import redirect
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as AnyResponse

from msewa.config import Settings
from msewa.web.bodies import receive_first

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

# Nothing comes from elsewhere; scripts run on no page that does not ask for htmx, and there only with its nonce.
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; script-src "
SCRIPTED = "'self' 'nonce-{nonce}'; require-trusted-types-for 'script'; trusted-types htmx touch"
VARY = "Cookie, Accept-Language"
FIXED = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
# What these say concerns documents; on a stylesheet, script or picture (which holds no link) they would only weigh, on every first visit.
OF_DOCUMENTS = frozenset({"Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy"})
PIECES = ("text/css", "text/javascript", "image/svg+xml")
A_YEAR = "max-age=31536000; includeSubDomains"


def csp_nonce() -> str:
    """Return this answer's nonce: htmx acts only on elements that carry it, so that injected markup stays inert."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(12)
    return g.csp_nonce


def init_app(app: Flask, *, settings: Settings) -> None:
    """Number each request; set the headers that depend on it."""

    def number() -> None:
        g.request_id = secrets.token_hex(6)

    def finish(response: Response) -> Response:
        headers = response.headers
        if "Content-Security-Policy" not in headers:
            headers.add("Content-Security-Policy", _policy())
        if "Cache-Control" not in headers:
            headers.add("Cache-Control", "no-store" if _is_personal() else "no-cache")
        vary = headers.get("Vary")
        headers["Vary"] = f"{vary}, {VARY}" if vary else VARY
        headers.add("X-Request-Id", g.get("request_id", ""))
        return response

    shared: dict[str, Any] = app.jinja_env.globals
    shared["csp_nonce"] = csp_nonce
    app.before_request(number)
    app.after_request(finish)


def _policy() -> str:
    return POLICY + (SCRIPTED.format(nonce=g.csp_nonce) if "csp_nonce" in g else "'none'")


def guard(app: Flask, *, settings: Settings) -> None:
    """Stand before everything, static files too: set the headers of every answer, and in production refuse plain HTTP.

    What a client says of itself in X-Forwarded-* is believed only from the proxies that the settings name by their number.
    """
    fixed = FIXED if settings.is_demo else FIXED | {"Strict-Transport-Security": A_YEAR}
    bare = {name: value for name, value in fixed.items() if name not in OF_DOCUMENTS}
    inner: Any = receive_first(app.wsgi_app)

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            given = {name.lower(): value for name, value in headers}
            wanted = bare if given.get("content-type", "").startswith(PIECES) else fixed
            added = [(name, value) for name, value in wanted.items() if name.lower() not in given]
            return start_response(status, headers + added, exc_info)

        is_open = settings.is_demo or environ["wsgi.url_scheme"] == "https" or environ["PATH_INFO"].startswith("/health/")
        handle = inner if is_open else _to_https(environ, settings=settings)
        return _only_headers(handle, environ, start) if environ["REQUEST_METHOD"] == "HEAD" else handle(environ, start)

    hops = settings.trusted_hops
    app.wsgi_app = ProxyFix(answer, x_for=hops, x_proto=hops, x_host=0) if hops else answer


def _only_headers(handle: Any, environ: "WSGIEnvironment", start: Any) -> Iterable[bytes]:
    """Answer HEAD as the GET that it asks about: a view that told them apart could take HEAD for a form that was sent."""
    body = handle({**environ, "REQUEST_METHOD": "GET"}, start)
    if hasattr(body, "close"):
        body.close()
    return []


def _to_https(environ: "WSGIEnvironment", *, settings: Settings) -> AnyResponse:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return AnyResponse("HTTPS only.\n", 403)
    wanted = Request(environ)
    query = wanted.query_string.decode("latin-1")
    return redirect(settings.public_url + quote(wanted.path) + (f"?{query}" if query else ""), 301)


def _is_personal() -> bool:
    # By the cookie, not by asking who it is: that takes the database, which may be what has just failed.
    has_visit = any(name.endswith("session") for name in request.cookies)
    return request.method != "GET" or has_visit or request.path.startswith(("/register", "/sign-in", "/recover"))
