"""Whom a route is open to. A route without a mark stays shut."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar, cast

from flask import Blueprint, Flask, abort, current_app, g, request, url_for
from flask.globals import request_ctx
from flask_login import current_user
from werkzeug.wrappers import Response

from msewa.web import form_keys
from msewa.web.clock import now
from msewa.web.pages import see_other

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]

PUBLIC, SIGNED_IN, CITIZEN, DPO, SANDBOX = "public", "signed_in", "citizen", "dpo", "sandbox"
FRESH = timedelta(minutes=10)
# Where a request notes whose visit it found to be over.
ENDED = "ended_visit_of"


def _mark(audience: str) -> Callable[[View[P, R]], View[P, R]]:
    def mark(view: View[P, R]) -> View[P, R]:
        cast(Any, view).audience = audience
        return view

    return mark


public = _mark(PUBLIC)
signed_in = _mark(SIGNED_IN)
citizen = _mark(CITIZEN)
dpo = _mark(DPO)
sandbox = _mark(SANDBOX)


def fresh_proof(view: View[P, R]) -> View[P, R]:
    """Ask for password and second factor again unless both were given within ten minutes (step-up)."""
    cast(Any, view).fresh_proof = True
    return view


def held_when_ended(hold: Callable[..., bool]) -> Callable[[View[P, R]], View[P, R]]:
    """Let `hold(account_id, **address)` keep what a form brings from a visit that ended meanwhile; it says whether it did.

    The form is known to be of this browser by then (CSRF), the visit is removed, and the account is the one it was of: no more than that.
    """

    def mark(view: View[P, R]) -> View[P, R]:
        cast(Any, view).hold_when_ended = hold
        return view

    return mark


def form_on(endpoint: str, **query: str) -> Callable[[View[P, R]], View[P, R]]:
    """Name the page that has this form; a visit to the form's own address leads there, as when the language is changed on its answer.

    The page is found by those of the form's names that it takes; `query` says which more go along, and as what.
    """

    def mark(view: View[P, R]) -> View[P, R]:
        cast(Any, view).form_on = (endpoint, query)
        return view

    return mark


def audience_of(view: Callable[..., Any]) -> str | None:
    """Return the mark of a view, None when it has none."""
    return getattr(view, "audience", None)


def init_app(app: Flask) -> None:
    """Check every request's route against its mark before the route runs."""
    app.before_request(_check)


def refuse_nul() -> None:
    """Answer 404 to an address with a NUL: nothing of ours has one, and PostgreSQL, asked for such a name, takes it for a fault.

    What programs ask refuses it in its own words.
    """
    if "\0" in request.path and not request.path.startswith("/api/"):
        abort(404)


def _check() -> Response | None:
    if request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    audience = audience_of(view)
    if audience in (PUBLIC, SANDBOX):
        return None
    if audience is None:
        abort(403)
    if not current_user.is_authenticated:
        # A form that ended the visit, sent twice: the second gets the first one's answer.
        return form_keys.find_answer() or see_other(url_for("accounts.sign_in", next=way_back(), done=_fate_of_form(view)))
    if audience not in (SIGNED_IN, current_user.role):
        # What an address names is not there for another role, whether or not it ever was.
        abort(404 if request.view_args else 403)
    if getattr(view, "fresh_proof", False) and not is_fresh():
        return see_other(url_for("accounts.step_up", next=way_back()))
    return None


def is_fresh() -> bool:
    """Whether password and second factor were both given within ten minutes."""
    proved_at = current_user.proved_at
    return proved_at is not None and now() - proved_at <= FRESH


def _fate_of_form(view: Callable[..., Any]) -> str | None:
    """Return whether what was sent is held or lost, when the visit it was written in was found over just now."""
    owner = g.get(ENDED)
    if owner is None or request.method in ("GET", "HEAD"):
        return None
    hold = getattr(view, "hold_when_ended", None)
    return "held" if hold is not None and hold(owner, **(request.view_args or {})) else "lost"


def find_page_of_form() -> str | None:
    """Return the address of the page that has the form at this address; None where nobody visits, or no page has it."""
    adapter = request_ctx.url_adapter
    if request.method not in ("GET", "HEAD") or adapter is None or not adapter.test(method="POST"):
        return None
    form, names = adapter.match(method="POST")
    endpoint, query = getattr(current_app.view_functions[form], "form_on", (None, {}))
    if endpoint is None:
        return None
    taken = {name: value for name, value in names.items() if current_app.url_map.is_endpoint_expecting(endpoint, name)}
    return url_for(endpoint, **taken, **{name: names[own] for name, own in query.items()})


def way_back() -> str:
    """Return the address to come back to: this page, or for a form its own address, where that opens a page, else the page it was on."""
    adapter = request_ctx.url_adapter
    if request.method in ("GET", "HEAD") or (adapter is not None and adapter.test(request.path, method="GET")):
        return safe_next(request.full_path.rstrip("?"), fallback="/")
    page = (request.referrer or "").partition("://")[2].partition("/")[2].partition("#")[0]
    return safe_next(f"/{page}", fallback="/")


def safe_next(target: str | None, *, fallback: str) -> str:
    """Return `target` when it is a path of this site, and of a length that pages of ours have, else `fallback`.

    Nobody is sent elsewhere by a link, and what a stranger writes into an address is not kept for her.
    """
    if len(target or "") > form_keys.LONGEST_LOCATION:
        return fallback
    # A browser takes a backslash for a slash and leaves tabs and line ends out: behind either another site's name could stand.
    if target and target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable() and "\\" not in target:
        return target
    return fallback


def blueprint(name: str, import_name: str) -> Blueprint:
    """Make a feature's blueprint."""
    return Blueprint(name, import_name)
