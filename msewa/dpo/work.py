"""What the console leaves to the worker, and the line it puts above people's pages."""

from flask import Flask

from msewa.dpo import alerts
from msewa.dpo.operations import breaches, showing
from msewa.outbox import worker


def init_app(app: Flask) -> None:
    """Register the handlers."""
    alerts.init_app(app)
    worker.handle(app, showing.FOUND_DUE, showing.show_found)
    worker.handle(app, showing.DUE, showing.show_due)
    worker.handle(app, breaches.GATHER, breaches.gather)
    worker.handle(app, breaches.TELL, breaches.tell_batch)
