"""Where visits are counted: one hook behind every answer, and one thread that writes down what may be written."""

import threading
import time
from multiprocessing import util
from typing import Any, cast

from flask import Flask, Request, Response, current_app, g, request

from msewa.config import Settings
from msewa.extensions import db, writing
from msewa.outbox.daily import every_day
from msewa.visits.counting import VisitCounter
from msewa.visits.operations import forget_old_events, write_down
from msewa.visits.register import metrics
from msewa.visits.rules import browser_of, pace_of, system_of
from msewa.visits.security import Notes, has_current_key, note_form_refused, seal_and_keep
from msewa.web import journal
from msewa.web.access import PUBLIC, audience_of
from msewa.web.clock import now
from msewa.web.locale import language

PAUSE_SECONDS = 60.0
FORGET = "visits.forget"


def init_app(app: Flask, *, settings: Settings) -> None:
    """Count from the first request on; in production the key that security events are sealed to is a condition of being ready."""
    app.extensions["visits"] = VisitCounter(metrics())
    app.extensions["security_notes"] = Notes()
    app.extensions["note_form_refused"] = note_form_refused
    app.extensions["readiness"]["security_key"] = lambda: settings.is_demo or has_current_key(now=now())
    every_day(app, FORGET, forget_old_events)
    app.after_request(_count)


def _count(response: Response) -> Response:
    asked: Request = cast(Any, request)._get_current_object()  # every look through the proxy costs
    rule = asked.url_rule
    # Public pages alone: what somebody does when signed in is nobody's to monitor (P41).
    if rule is None or response.status_code != 200 or audience_of(current_app.view_functions[rule.endpoint]) != PUBLIC:
        return response
    if asked.method == "GET" and response.mimetype == "text/html":
        agent: str = asked.environ.get("HTTP_USER_AGENT", "")
        counter: VisitCounter = current_app.extensions["visits"]
        values = {
            "pages": rule.rule,
            "languages": language(),
            "browsers": browser_of(agent),
            "systems": system_of(agent),
            "pace": pace_of(time.perf_counter() - g.started),
        }
        counter.emit(values, now=now())
    return response


def flush(app: Flask, *, closing: bool = False) -> None:
    """Write down what may be written, in a transaction of its own; what can't be written now is written the next time."""
    counter: VisitCounter = app.extensions["visits"]
    notes: Notes = app.extensions["security_notes"]
    with app.app_context(), writing():
        moment = now()
        # Taken out before they are written: whatever is counted meanwhile waits for the next time.
        counts, noted = counter.take(now=moment, closing=closing), notes.take()
        if not counts and not noted:
            return
        try:
            write_down(counts)
            seal_and_keep(noted, now=moment)
            db.session.commit()
        except Exception as error:  # whatever it was, nothing that was counted may be lost by it
            db.session.rollback()
            journal.event("visits_wait", error=type(error).__name__)
            counter.add(counts)
            for one, count in noted.items():
                notes.add(one, count)


def keep_flushing(app: Flask) -> None:
    """Let a serving process flush every minute from its first request on, and once more when it ends."""
    started = threading.Lock()

    def start() -> None:
        # Not before a request came: commands load the application too, and the server may still fork.
        if started.acquire(blocking=False):
            threading.Thread(target=_run, args=(app,), name="visits", daemon=True).start()
            # The server's workers end as multiprocessing's children do, without atexit.
            util.Finalize(None, flush, args=(app,), kwargs={"closing": True}, exitpriority=1)

    app.before_request(start)


def _run(app: Flask) -> None:
    while True:
        time.sleep(PAUSE_SECONDS)
        _try_to_flush(app)


def _try_to_flush(app: Flask) -> None:
    try:
        flush(app)
    except Exception as error:  # the thread must outlive it: nobody would start another
        journal.event("visits_wait", error=type(error).__name__)
