"""The worker: takes due work until none is left, then waits."""

import threading
from datetime import datetime

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from msewa.outbox.operations import Handler, lease_next, perform
from msewa.web import journal
from msewa.web.clock import now as clock_now

PAUSE_SECONDS = 1.0


def handlers() -> dict[str, Handler]:
    """Return what each topic's work is done by; features register theirs at start."""
    return current_app.extensions.setdefault("outbox_handlers", {})


def handle(app: Flask, topic: str, handler: Handler) -> None:
    """Let `handler(reference, *, now)` do the work of `topic`; it must be idempotent."""
    app.extensions.setdefault("outbox_handlers", {})[topic] = handler


def run_due(*, now: datetime) -> int:
    """Do everything due at `now`; return how many pieces were tried."""
    tried = 0
    while lease := lease_next(now=now):
        perform(lease, handlers=handlers(), now=now)
        tried += 1
    return tried


def run_forever(app: Flask, *, stop: threading.Event) -> None:
    """Work until `stop` is set; a database that is away is waited for."""
    while not stop.is_set():
        try:
            with app.app_context():
                run_due(now=clock_now())
        except DBAPIError as error:
            journal.event("worker_waits", error=type(error).__name__)
        stop.wait(PAUSE_SECONDS)


def start_thread(app: Flask) -> threading.Event:
    """Run the worker in a thread of this process (demo mode); return the event that stops it."""
    stop = threading.Event()
    threading.Thread(target=run_forever, args=(app,), kwargs={"stop": stop}, name="worker", daemon=True).start()
    return stop
