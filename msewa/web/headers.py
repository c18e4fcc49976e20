"""Headers of every answer, and the redirect to HTTPS."""

import secrets

from flask import Flask, Response, abort, g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from msewa.config import Settings

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), interest-cohort=()",
}
A_YEAR = "max-age=31536000; includeSubDomains"


def csp_nonce() -> str:
    """Return this answer's nonce: htmx acts only on elements that carry it, so that injected markup stays inert."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(12)
    return g.csp_nonce


def init_app(app: Flask, *, settings: Settings) -> None:
    """Number each request; set the headers; in production refuse plain HTTP."""

    def number() -> AnyResponse | None:
        g.request_id = secrets.token_hex(6)
        if settings.is_demo or request.is_secure or request.path.startswith("/health/"):
            return None
        if request.method in ("GET", "HEAD"):
            return redirect(settings.public_url + request.full_path.rstrip("?"), 301)
        return abort(403)

    def finish(response: Response) -> Response:
        headers = response.headers
        for name, value in FIXED.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
        if not settings.is_demo:
            headers["Strict-Transport-Security"] = A_YEAR
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store" if _is_personal() else "no-cache"
        response.vary.add("Cookie")
        headers["X-Request-Id"] = g.get("request_id", "")
        return response

    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.before_request(number)
    app.after_request(finish)


def _is_personal() -> bool:
    return request.method != "GET" or bool(current_user.is_authenticated) or request.path.startswith(("/register", "/sign-in", "/recover"))
