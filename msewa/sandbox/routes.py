"""Routes of the sandbox: for testers, by hand and by machine."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from msewa.catalogue.queries import catalogue, get_provider
from msewa.extensions import db, writing
from msewa.notifications import operations as notifications
from msewa.sandbox import operations, queries
from msewa.sandbox.rules import NotAMomentError, advanced, parse_moment
from msewa.web.access import sandbox
from msewa.web.clock import MovableClock, SystemClock, now
from msewa.web.csrf import csrf
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other

# A page of links and codes hardly compresses; a tester looks for the newest, a program reads them all.
SHOWN_MESSAGES = 5

bp = Blueprint("sandbox", __name__, url_prefix="/sandbox")
# Testers' scripts have no page to take a token from, and there is nothing here that a stranger's page could steal.
csrf.exempt(bp)


@bp.get("")
@sandbox
def desk() -> Response:
    """Show the outbox, the people, the clock and the pretend departments."""
    return render_page(
        "sandbox/desk.html",
        messages=queries.list_messages(limit=SHOWN_MESSAGES),
        personas=queries.list_personas(now=now(), language=language()),
        departments={id_: count for id_, count in queries.list_departments().items() if count},
        providers=catalogue().providers,
        present=now(),
    )


@bp.get("/outbox.json")
@sandbox
def outbox() -> Response:
    """List the messages to one address, newest first; those still waiting are sent first, for a tester looks at once."""
    with writing():
        operations.work(now, topic=notifications.TOPIC)
    return jsonify(queries.list_messages(to=request.args.get("to")))


@bp.get("/personas.json")
@sandbox
def people() -> Response:
    """List the people one can sign in as."""
    return jsonify(queries.list_personas(now=now(), language=language()))


@bp.get("/clock.json")
@sandbox
def clock() -> Response:
    """Tell the product's time and the machine's."""
    return jsonify(_times())


@bp.post("/clock")
@sandbox
def move_clock() -> AnyResponse:
    """Move the product's clock on by `advance`, or to `set`; 422 for what is neither."""
    duration, moment = request.values.get("advance", ""), request.values.get("set", "")
    try:
        _clock().move(advanced(now(), duration) if duration else parse_moment(moment))
    except NotAMomentError:
        return _refusal()
    return _answer(_times())


@bp.post("/reset")
@sandbox
def reset() -> AnyResponse:
    """Go back to the state of a first start."""
    operations.reset(_clock())
    db.session.commit()
    return _answer({"reset": True})


@bp.get("/providers/<slug>/inbox.json")
@sandbox
def inbox(slug: str) -> Response:
    """List what a pretend department received, newest first."""
    return jsonify(queries.list_parcels(get_provider(slug).id))


@bp.post("/work")
@sandbox
def work() -> AnyResponse:
    """Run the worker until nothing is due."""
    return _answer({"done": operations.work(now)})


def _clock() -> MovableClock:
    clock = current_app.extensions["clock"]
    return clock if isinstance(clock, MovableClock) else abort(404)


def _times() -> dict[str, Any]:
    return {"now": now().isoformat(), "machine": SystemClock().now().isoformat()}


def _refusal() -> Response:
    response = jsonify({"error": "advance takes an ISO 8601 duration such as P3Y, PT15M or P1DT2H; set takes an ISO 8601 moment."})
    response.status_code = 422
    return response


def _answer(values: dict[str, Any]) -> AnyResponse:
    """Answer a person's browser with the page, a program with JSON."""
    wanted = request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json")
    return see_other(url_for("sandbox.desk")) if wanted == "text/html" else jsonify(values)
