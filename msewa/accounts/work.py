"""What accounts leave to the worker: tidying up, and telling people what happened to their account."""

from datetime import datetime

from flask import Flask

from msewa.accounts.operations import entering, left, resets, resting, throttling, visits
from msewa.outbox import worker
from msewa.web import form_keys

SWEEPERS = {visits.VISITS: visits.sweep, visits.TRIES: throttling.sweep, visits.FORM_KEYS: form_keys.forget_old}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    worker.handle(app, visits.SWEEP, _sweep)
    worker.handle(app, entering.HALF, entering.report_half_done)
    worker.handle(app, resets.REMIND, resets.remind)
    worker.handle(app, left.FORGET, left.forget_over)
    worker.handle(app, resting.SOON_OVER, resting.say_soon_over)
    worker.each_minute(app, _make_room)


def _sweep(reference: str, *, now: datetime) -> None:
    # What an earlier release put here names only its hour.
    what = reference.split("-")[1] if reference.count("-") > 1 else visits.VISITS
    SWEEPERS[what](now=now)


def _make_room(*, now: datetime) -> None:
    visits.make_room()
