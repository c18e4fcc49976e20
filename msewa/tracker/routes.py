"""The contract's three questions, and the page on which a citizen says who may ask about her."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from flask import Response, abort, current_app, jsonify, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.people import Person
from msewa.config import Settings
from msewa.consents.purposes import get_purpose
from msewa.consents.purposes import shown as words_of
from msewa.consents.switches import language_shown
from msewa.extensions import db, writing
from msewa.ledger.queries import find_beginning
from msewa.tracker import operations
from msewa.tracker.queries import PURPOSE, Client, find_account, find_client, find_usages, get_client, list_given
from msewa.tracker.rules import Asked, UnreadableError, read_asked
from msewa.web import form_keys
from msewa.web.access import blueprint, citizen, form_on, public, safe_next
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other

P = ParamSpec("P")
Answer = tuple[Response, int]
bp = blueprint("tracker", __name__)


def registered(view: Callable[Concatenate[Client, P], Answer]) -> Callable[P, Answer]:
    """Answer only a caller whose X-Road-Client is registered; 403 for any other."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
        # The header proves nothing by itself: the security server in front vouches for it, and what opens is a citizen's code.
        client = find_client(request.headers.get("X-Road-Client", "")[:200])
        if client is None:
            return _fault("client_not_registered", "This X-Road-Client is not registered here.", status=403)
        return view(client, *args, **kwargs)

    return guarded


@bp.get("/api/data-tracker/heartbeat")
@public
@registered
def heartbeat(client: Client) -> Answer:
    """Say that questions are answered."""
    return jsonify({"status": "OK", "message": "API is ready"}), 200


@bp.get("/api/data-tracker/usagePeriod")
@public
@registered
def usage_period(client: Client) -> Answer:
    """Say since when rows are held; they are held until now."""
    return jsonify({"periodStart": (find_beginning() or now()).date().isoformat() + "T00:00:00Z"}), 200


@bp.get("/api/data-tracker/findUsage")
@public
@registered
def find_usage(client: Client) -> Answer:
    """Tell who looked at the data of a citizen who gave this caller her code; the call itself is a row on her page."""
    try:
        asked = read_asked(request.args, user_id=request.headers.get("X-Road-UserId", ""))
    except UnreadableError as error:
        return _fault("unreadable", str(error), status=400)
    account_id = find_account(asked.code, client=client)
    if account_id is None:
        # Of another portal's code and of none the same is said: nobody finds out here whether a code is anybody's.
        return _fault("code_not_given", "No citizen has given this code to this system.", status=400)
    db.session.rollback()  # a transaction that only read can't become one that writes (SQLite)
    return jsonify(_told(client, asked, account_id=account_id)), 200


@bp.get("/privacy/tracker")
@citizen
def index() -> Response:
    """Show which portals may ask who looked at her data, each with its own choice."""
    return _page(status=200)


@bp.post("/privacy/tracker/<client_id>")
@citizen
@form_on("tracker.index")
@once
def decide(client_id: str) -> AnyResponse:
    """Give a portal a code, or take it back; a yes only to the words that were shown and still hold."""
    client, acts = get_client(client_id), {"1": operations.give, "0": operations.take_back}
    act = acts.get(request.form.get("on", "")) or abort(400)
    if len(set(request.form.getlist("on"))) > 1:
        # A yes and a no in one form are no answer at all.
        return _page(status=422)
    shown_in = language_shown(get_purpose(PURPOSE), request.form.get("notice", ""))
    # A no needs no notice: it must go through even when the words have changed since.
    if shown_in is None and act is operations.give:
        return _page(status=409)
    act(client, subject=_me(), language=shown_in or language(), actor=_me().actor, now=now())
    back = safe_next(request.form.get("next"), fallback=url_for("tracker.index"))
    form_keys.remember(back)
    db.session.commit()
    return see_other(back)


def _page(*, status: int) -> Response:
    purpose = get_purpose(PURPOSE)
    shown: dict[str, Any] = {"portals": list_given(_me()), "purpose": purpose, "notice": words_of(purpose, language())}
    return render_page("tracker/index.html", status=status, page_id="tracker.index", is_changed=status == 409, **shown)


def _told(client: Client, asked: Asked, *, account_id: str) -> dict[str, Any]:
    """Answer with the row of this call as the newest; it is committed before anything leaves."""
    settings: Settings = current_app.extensions["settings"]
    with writing():
        subject = operations.look_for(client, account_id=account_id, now=now())
        answer = find_usages(subject, asked, operator=settings.operator["en"])
        db.session.commit()
    return answer


def _me() -> Person:
    return cast(Person, current_user)


def _fault(code: str, message: str, *, status: int) -> Answer:
    return jsonify({"code": code, "message": message}), status
