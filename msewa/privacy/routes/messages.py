"""Messages: what was sent, and what may come by which way."""

from typing import Any

from flask import Response, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.queries import get_contact
from msewa.extensions import db
from msewa.notifications.naming import CHANNEL_NAMES, TOPIC_NAMES
from msewa.notifications.queries import list_messages
from msewa.privacy import matrix
from msewa.privacy.matrix import NotAllowedYetError
from msewa.privacy.naming import name_message, name_state
from msewa.privacy.routes.blueprint import bp, person
from msewa.privacy.rules import MESSAGES_SHOWN
from msewa.web import form_keys
from msewa.web.access import citizen
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.pages import render_page, see_other

FRAGMENTS = frozenset({"matrix", "sent"})


@bp.get("/privacy/messages")
@citizen
def messages() -> Response:
    """Show the matrix of topics and channels, and the messages that were sent; never their words, which we do not keep."""
    rows = list_messages(person().id, limit=MESSAGES_SHOWN + 1, before=request.args.get("before"))
    shown: dict[str, Any] = {
        "rows": matrix.read_matrix(person().id, now=now()),
        "topics": TOPIC_NAMES,
        "channels": CHANNEL_NAMES,
        "has_email": get_contact(person()).email is not None,
        "messages": [(row, name_message(row.template), name_state(row.state)) for row in rows[:MESSAGES_SHOWN]],
        "older": rows[MESSAGES_SHOWN - 1].id if len(rows) > MESSAGES_SHOWN else None,
    }
    return render_page("privacy/messages.html", fragments=FRAGMENTS, **shown)


@bp.post("/privacy/messages")
@citizen
@once
def switch_messages() -> AnyResponse:
    """Turn one cell on or off; where its topic or channel was never allowed, lead to that notice first."""
    # The pressed button brings the cell under its own name, so one form serves the whole matrix.
    cell, is_on = matrix.read_cell(request.form.get("off") or request.form.get("on", "")), "on" in request.form
    if cell is None:
        abort(400)
    location = _turned(*cell, is_on=is_on)
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)


def _turned(topic: str, channel: Any, *, is_on: bool) -> str:
    turn, way = matrix.turn_on if is_on else matrix.turn_off, url_for("privacy.messages", _anchor="matrix")
    try:
        turn(person(), topic=topic, channel=channel, actor=person().actor, now=now())
    except NotAllowedYetError as missing:
        # One yes leads to the next question and the last one back here; a no leads back at once.
        for purpose_id in reversed(missing.purpose_ids):
            way = url_for("consents.choice", purpose_id=purpose_id, next=way, back=url_for("privacy.messages", _anchor="matrix"))
    return way
