"""What she allows: every choice with its own notice, one press on, one press off."""

from typing import Any

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from msewa.consents.operations import choose
from msewa.consents.purposes import get_purpose
from msewa.consents.routes.blueprint import bp, person
from msewa.consents.rules import Event
from msewa.consents.switches import language_shown, list_by_law, list_by_recipient, list_switches
from msewa.extensions import db
from msewa.web import form_keys
from msewa.web.access import citizen, safe_next
from msewa.web.clock import now
from msewa.web.errors import NoSuchRowError
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other

# Yes from the switch or the notice's page; "no" ends a yes as well as it answers a question.
EVENTS = {"1": Event.GIVEN, "0": Event.WITHDRAWN, "again": Event.RENEWED, "no": Event.REFUSED}


@bp.get("/privacy/choices")
@citizen
def choices() -> Response:
    """Show every choice; refusing all of them costs nothing in any service."""
    return _page(status=200)


@bp.get("/privacy/choices/<purpose_id>")
@citizen
def choice(purpose_id: str) -> Response:
    """Show one choice with its whole notice, a yes and a no side by side; what each portal has a choice of, on the page of portals."""
    if get_purpose(purpose_id).is_per_recipient:
        return see_other(url_for("tracker.index"))
    switches = list_switches(person(), language=language(), now=now())
    for switch in switches:
        if switch.purpose.id == purpose_id:
            return render_page("consents/choice.html", switch=switch)
    raise NoSuchRowError


@bp.post("/privacy/choices/<purpose_id>")
@citizen
@once
def decide(purpose_id: str) -> Response:
    """Note a yes or a no; a yes only to the words that were shown and still hold."""
    purpose, event = get_purpose(purpose_id), EVENTS.get(request.form.get("on", ""))
    if event is None or not purpose.is_choice or purpose.is_per_recipient:
        abort(400)
    if len(set(request.form.getlist("on"))) > 1:
        # A yes and a no in one form are no answer at all.
        return _page(status=422)
    shown_in = language_shown(purpose, request.form.get("notice", ""))
    if shown_in is None and event in (Event.GIVEN, Event.RENEWED):
        return _page(status=409)
    choose(person(), purpose_id, event, language=shown_in or language(), actor=person().actor, now=now())
    # A no does not lead on to the question that a yes leads to.
    wanted = request.form.get("back") if event is Event.REFUSED else None
    way = safe_next(
        wanted or request.form.get("next"),
        fallback=url_for("consents.choices", done=purpose_id, _anchor=f"choice-{purpose_id.replace('.', '-')}"),
    )
    form_keys.remember(way)
    db.session.commit()
    return see_other(way)


def _page(*, status: int) -> Response:
    switches, done = list_switches(person(), language=language(), now=now()), request.args.get("done", "")
    shown: dict[str, Any] = {
        "switches": switches,
        "by_recipient": list_by_recipient(),
        "by_law": list_by_law(),
        "done": done,
        "is_changed": status == 409,
    }
    return render_page("consents/choices.html", status=status, page_id="consents.choices", **shown)
