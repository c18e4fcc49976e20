"""Stopping messages by the link that each carries: no sign-in, no account needed to understand it."""

from flask import current_app, request
from werkzeug.wrappers import Response

from msewa.crypto.tokens import LinkError
from msewa.extensions import db
from msewa.notifications.naming import CHANNEL_NAMES, TOPIC_NAMES
from msewa.notifications.promotion import read_stop_link
from msewa.notifications.rules import CHANNELS, TOPICS
from msewa.web.access import blueprint, public
from msewa.web.clock import now
from msewa.web.csrf import csrf
from msewa.web.pages import render_page, see_other

bp = blueprint("notifications", __name__)


@bp.route("/stop/<token>", methods=["GET", "POST"])
@public
def stop(token: str) -> Response:
    """Show what the link stops, and stop it on the button; a mail program posts here by itself (RFC 8058, section 3.1)."""
    try:
        account_id, topic, channel = read_stop_link(token, now=now())
    except LinkError:
        # One word for every fault of a link: which it was would help only who guesses.
        return render_page("notifications/link_over.html", status=404)
    if request.method == "GET":
        # Not by the mere visit: programs that look into mails follow every link.
        return render_page("notifications/stop.html", topic=TOPIC_NAMES[topic], channel=CHANNEL_NAMES[channel])
    is_all = request.form.get("all") == "yes"
    wanted = [(t, c) for t in TOPICS for c in CHANNELS] if is_all else [(topic, channel)]
    # Choices belong to a feature above, which hands in how to end them.
    current_app.extensions["stop_messages"](account_id, wanted, now=now())
    db.session.commit()
    # A mail program's post must not be answered by a redirect (RFC 8058, section 3.1); a browser's is, so that "back" sends nothing twice.
    return stopped() if "List-Unsubscribe" in request.form else see_other("/stop/done")


# The link proves itself, and a mail program has no cookie of ours.
csrf.exempt(stop)


@bp.get("/stop/done")
@public
def stopped() -> Response:
    """Say that it has stopped."""
    return render_page("notifications/stopped.html")
