"""Error pages: kind words, a request id, never a trace or a personal value."""

from typing import cast

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, NoResultFound, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from msewa.web import access, clock, journal
from msewa.web.pages import is_htmx, see_other
from msewa.web.rendering import get_template, in_context

SHOWN = {400, 403, 404, 405, 409, 413, 429, 500, 503}
RETRY_AFTER = 30


class NoSuchRowError(LookupError):
    """A query found no row that this person may see: somebody else's looks like one that never was."""


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(NoSuchRowError, _missing)
    app.register_error_handler(NoResultFound, _missing)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(InterfaceError, _unavailable)
    app.register_error_handler(PoolTimeoutError, _unavailable)
    app.register_error_handler(Exception, unexpected)


def error_page(status: int) -> Response:
    """Render the page of an error status."""
    shown = status if status in SHOWN else 400 if status < 500 else 500
    values = {"request_id": g.request_id, "back": access.way_back()}
    response = Response(get_template(f"errors/{shown}.html").render(in_context(values)), status)
    response.headers["Cache-Control"] = "no-store"
    if is_htmx():
        # An error is a page of its own, never a piece of another.
        response.headers.update({"HX-Retarget": "body", "HX-Reswap": "innerHTML"})
    return response


def _http(error: HTTPException) -> AnyResponse:
    if error.response is not None or error.code is None or error.code < 400:
        return cast(Response, Response.force_type(error.get_response()))
    page = access.find_page_of_form() if isinstance(error, MethodNotAllowed) else None
    if page is not None:
        return see_other(page)
    response = error_page(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    if isinstance(error, RequestEntityTooLarge):
        # The body was not read to its end, so the connection can't carry another request.
        response.headers["Connection"] = "close"
    return response


def _csrf(error: CSRFError) -> Response:
    journal.event("csrf_refused")
    current_app.extensions["note_form_refused"](address=request.remote_addr or "", now=clock.now())
    return error_page(400)


def _missing(error: Exception) -> AnyResponse:
    return _http(NotFound())


def _unavailable(error: Exception) -> Response:
    journal.event("database_unavailable", error=type(error).__name__)
    response = error_page(503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def unexpected(error: Exception) -> Response:
    """Show the page of a fault of ours, and log its type and place."""
    # Only the type and the place: a message may quote what somebody typed.
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "?"
    journal.event("unexpected_error", error=type(error).__name__, place=place)
    return error_page(500)
