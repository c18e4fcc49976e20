"""What accounts leave to the worker: tidying up, and telling people what happened to their account."""

from datetime import datetime

from flask import Flask

from msewa.accounts.operations import entering, resets, resting, throttling, visits
from msewa.outbox import worker
from msewa.web import form_keys


def init_app(app: Flask) -> None:
    """Register the handlers."""
    worker.handle(app, visits.SWEEP, _sweep)
    worker.handle(app, entering.HALF, entering.report_half_done)
    worker.handle(app, resets.REMIND, resets.remind)
    worker.handle(app, resting.SOON_OVER, resting.say_soon_over)


def _sweep(reference: str, *, now: datetime) -> None:
    visits.sweep(now=now)
    throttling.sweep(now=now)
    form_keys.forget_old(now=now)
