"""Language, colours and text size: from the address, then a cookie, then (language) the browser's own wish. None is stored by us."""

from functools import lru_cache

from flask import Flask, Response, g, request
from flask_babel import Babel
from werkzeug.datastructures import LanguageAccept, MultiDict
from werkzeug.http import parse_accept_header

COOKIES = {"lang": ("en", "pa", "hi"), "theme": ("light", "dark"), "size": ("m", "l", "xl")}
BABEL_NAMES = {"en": "en_IN", "pa": "pa", "hi": "hi"}
A_YEAR = 31_536_000


def preference(name: str) -> str | None:
    """Return what this request asks for, or what its cookie remembers; None when neither says something known."""
    decided: dict[str, str | None] | None = g.get("preferences")
    if decided is None:
        # Werkzeug's get() raises and catches for each name that is not there; asking first is cheap.
        sources = [source for source in (request.args, request.cookies) if source]
        decided = g.preferences = {one: _wished(one, sources) for one in COOKIES}
    return decided[name]


def _wished(name: str, sources: list[MultiDict[str, str]]) -> str | None:
    return next((source[name] for source in sources if name in source and source[name] in COOKIES[name]), None)


def language() -> str:
    """Return `en`, `pa` or `hi`; decided once for a request."""
    chosen: str | None = g.get("language")
    if chosen is None:
        chosen = g.language = preference("lang") or _best_language(request.headers.get("Accept-Language", ""))
    return chosen


# Bounded, for anybody may send another wish with each request.
@lru_cache(maxsize=256)
def _best_language(accepted: str) -> str:
    return parse_accept_header(accepted, LanguageAccept).best_match(COOKIES["lang"], "en")


def init_app(app: Flask, *, babel: Babel) -> None:
    """Let Babel ask us for the language; remember what the address asks for."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en_IN")
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Kolkata"
    babel.init_app(app, locale_selector=lambda: BABEL_NAMES[language()])
    app.after_request(_remember)


def _remember(response: Response) -> Response:
    if not request.args:
        return response
    for name, known in COOKIES.items():
        value = request.args.get(name)
        if value and value in known and value != request.cookies.get(name):
            response.set_cookie(name, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response
