"""The worker: takes due work until none is left, then waits."""

import math
import threading
import time
from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

from msewa.extensions import db
from msewa.outbox.operations import Handler, lease_next, perform
from msewa.web import journal
from msewa.web.clock import now as clock_now

PAUSE_SECONDS = 1.0
# Between two looks while the database is away: each doubles up to here, and nothing that waits is late by much when it is back.
LONGEST_PAUSE_SECONDS = 10.0
MINUTE_SECONDS = 60.0
# Work that comes back every minute and did not succeed for so long is not just held up.
LATE_SECONDS = 5 * MINUTE_SECONDS
_telling = threading.Lock()


def handlers() -> dict[str, Handler]:
    """Return what each topic's work is done by; features register theirs at start."""
    return current_app.extensions.setdefault("outbox_handlers", {})


def handle(app: Flask, topic: str, handler: Handler) -> None:
    """Let `handler(reference, *, now)` do the work of `topic`; it must be idempotent. What speaks with the outside is an `Errand`."""
    app.extensions.setdefault("outbox_handlers", {})[topic] = handler


def each_minute(app: Flask, act: Callable[..., None]) -> None:
    """Let every worker process call `act(now=)` about once a minute; several may at the same time, so it takes its own lock."""
    app.extensions.setdefault("each_minute", []).append(act)


def run_minute_work(*, now: datetime) -> bool:
    """Do what comes back every minute, each act whatever became of those before it; return whether all went well."""
    return all([_goes_well(act, now=now) for act in current_app.extensions.get("each_minute", [])])


def _goes_well(act: Callable[..., None], *, now: datetime) -> bool:
    try:
        act(now=now)
    except Exception as error:  # a full disk today must not end the work of tomorrow
        db.session.rollback()
        _note_fault(current_app, error)
        return False
    return True


def _note_fault(app: Flask, error: Exception) -> None:
    """Log a fault, and the same one in any topic once a minute: all meet a database that is away, again and again."""
    # The type alone: a message may quote what somebody wrote.
    kind, moment = type(error).__name__, time.monotonic()
    told: dict[str, float] = app.extensions.setdefault("worker_told_at", {})
    with _telling:
        if moment - told.get(kind, -math.inf) < MINUTE_SECONDS:
            return
        told[kind] = moment
    journal.event("worker_waits", error=kind)


def run_next(*, now: datetime, topic: str | None = None) -> bool:
    """Try the piece of work (of `topic`) that is due longest; False when none is due."""
    lease = lease_next(now=now, topic=topic)
    if lease is not None:
        perform(lease, handlers=handlers(), now=now)
    return lease is not None


def run_due(*, now: datetime) -> int:
    """Do everything due at `now`; return how many pieces were tried."""
    tried = 0
    while run_next(now=now):
        tried += 1
    return tried


def run_forever(app: Flask, *, stop: threading.Event, topic: str | None = None) -> None:
    """Work (on `topic`) until `stop` is set; a database that is away is waited for, and so is the end of any other fault."""
    pause = PAUSE_SECONDS
    while not stop.is_set():
        try:
            # The clock is read for each piece: a lease taken at the start of a long queue would be over before its turn.
            with app.app_context():
                while not stop.is_set() and run_next(now=clock_now(), topic=topic):
                    pass
            pause = PAUSE_SECONDS
        except Exception as error:  # the thread must outlive it: nobody would start another
            _note_fault(app, error)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        stop.wait(pause)


def run_topics(app: Flask, *, stop: threading.Event) -> None:
    """Work until `stop` is set, each topic on its own: a code by SMS must not wait behind a department that does not answer."""
    threads = [_start(app, stop=stop, topic=topic) for topic in app.extensions["outbox_handlers"]]
    threads.append(_start_minutes(app, stop=stop))
    stop.wait()
    for thread in threads:
        thread.join()


def start_thread(app: Flask) -> threading.Event:
    """Run the worker in a thread of this process (demo mode), which is not ready while that fails; return the event that stops it."""
    stop = threading.Event()
    _start(app, stop=stop, topic=None)
    _start_minutes(app, stop=stop)
    app.extensions["readiness"]["worker"] = lambda: is_minute_work_done(app)
    return stop


def is_minute_work_done(app: Flask) -> bool:
    """Whether what this process does every minute all went well within the last few minutes, or was begun since (readiness)."""
    return time.monotonic() - app.extensions["minute_work_done_at"] < LATE_SECONDS


def _start_minutes(app: Flask, *, stop: threading.Event) -> threading.Thread:
    app.extensions["minute_work_done_at"] = time.monotonic()
    thread = threading.Thread(target=_run_minutes, args=(app,), kwargs={"stop": stop}, name="worker each minute", daemon=True)
    thread.start()
    return thread


def _run_minutes(app: Flask, *, stop: threading.Event) -> None:
    while not stop.wait(PAUSE_SECONDS):
        try:
            with app.app_context():
                if run_minute_work(now=clock_now()):
                    app.extensions["minute_work_done_at"] = time.monotonic()
        except Exception as error:  # the clock's own file may be what can't be read
            _note_fault(app, error)
        stop.wait(MINUTE_SECONDS)


def _start(app: Flask, *, stop: threading.Event, topic: str | None) -> threading.Thread:
    thread = threading.Thread(
        target=run_forever, args=(app,), kwargs={"stop": stop, "topic": topic}, name=f"worker {topic or ''}".strip(), daemon=True
    )
    thread.start()
    return thread
