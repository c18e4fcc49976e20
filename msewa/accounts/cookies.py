"""The two cookies: the visit, and the token by which a browser is known to an account."""

from typing import Any

from flask import current_app, request
from werkzeug.wrappers import Response

from msewa.config import Settings

A_YEAR = 31_536_000


def _name(name: str) -> str:
    settings: Settings = current_app.extensions["settings"]
    return name if settings.is_demo else f"__Host-{name}"


def read(name: str) -> str | None:
    """Return the cookie `session` or `device` of this request."""
    return request.cookies.get(_name(name)) or None


def give(response: Response, name: str, token: str) -> None:
    """Give the browser a token: `session` for as long as it is open, `device` for a year."""
    lasting: dict[str, Any] = {"max_age": A_YEAR} if name == "device" else {}
    response.set_cookie(_name(name), token, **lasting, **_flags())


def take(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(_name(name), **_flags())


def _flags() -> dict[str, Any]:
    settings: Settings = current_app.extensions["settings"]
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": not settings.is_demo}
