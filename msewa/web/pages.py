"""Pages and their parts: the same URL serves both; the id that htmx names picks the block."""

from collections.abc import Set
from typing import Any

from flask import Response, redirect, request
from jinja2_fragments import render_block
from werkzeug.wrappers import Response as AnyResponse

from msewa.web import rendering


def wanted_fragment() -> str | None:
    """Return the id of the element htmx wants replaced; None when it wants the whole page.

    htmx 4 sends `HX-Request-Type: partial|full` and names its target as `div#results`. This is the only reader of its headers.
    """
    headers = request.headers
    if headers.get("HX-Request") != "true" or headers.get("HX-Request-Type") == "full":
        return None
    return headers.get("HX-Target", "").rpartition("#")[2] or None


def is_htmx() -> bool:
    """Whether htmx asks, rather than the browser itself."""
    return request.headers.get("HX-Request") == "true"


def render_page(template: str, *, fragments: Set[str] = frozenset(), status: int = 200, **values: Any) -> Response:
    """Render a page, or the one of its `fragments` (block name = element id) that htmx asked for."""
    block = wanted_fragment()
    context = rendering.in_context({"page_id": template.removesuffix(".html").replace("/", "."), **values})
    if block and block in fragments:
        body = render_block(rendering.environment(), template, block, **context)
    else:
        body = rendering.get_template(template).render(context)
    response = Response(body, status)
    if fragments:
        response.vary.update(("HX-Request", "HX-Request-Type", "HX-Target"))
    return response


def see_other(location: str) -> AnyResponse:
    """Answer 303 to `location`; htmx is told to go there as a browser would."""
    if not is_htmx():
        return redirect(location, 303)
    response = Response("", 200)
    response.headers["HX-Redirect"] = location
    return response
