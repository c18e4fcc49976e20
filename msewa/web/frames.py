"""The parts of a page's frame that are the same on many pages, rendered once and kept."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from flask import current_app, request
from markupsafe import Markup

from msewa.config import LANGUAGES
from msewa.web.locale import language, preference
from msewa.web.rendering import get_template


def parts(*look: str | None) -> Callable[[str, str], Markup]:
    """Return what gives `templates/frame/<name>.html` in a look (language, colours, size of text).

    It comes from memory where the address asks for nothing that its links must keep.
    """
    kept: dict[tuple[str | None, ...], Markup] = {} if request.query_string else current_app.extensions["frames"]

    def part(name: str, here: str) -> Markup:
        key = (name, here, *look)
        if key not in kept:
            kept[key] = _render(name, here)
        return kept[key]

    return part


def _render(name: str, here: str) -> Markup:
    values = {
        "here": here,
        "lang": language(),
        "theme": preference("theme"),
        "size": preference("size"),
        "languages": LANGUAGES,
        "lang_url": partial(with_preference, "lang"),
        "pref_url": with_preference,
    }
    return Markup(get_template(f"frame/{name}.html").render(values))  # noqa: S704 - our own template, escaped by itself


def with_preference(name: str, value: str) -> str:
    """Return this page's address with one preference set, everything else kept."""
    arguments = {key: values for key, values in request.args.lists() if key != name}
    return "?" + urlencode({**arguments, name: value}, doseq=True)
