"""What the console leaves to the worker, the line it puts above people's pages, and the cases that others ask for."""

from flask import Flask

from msewa.dpo import alerts
from msewa.dpo.operations import breaches, showing
from msewa.dpo.queries import find_open_case
from msewa.outbox import worker


def init_app(app: Flask) -> None:
    """Register the handlers, and what below this package asks of cases."""
    app.extensions["find_open_case"] = find_open_case
    alerts.init_app(app)
    worker.handle(app, showing.DUE, showing.show_due)
    worker.handle(app, breaches.GATHER, breaches.gather)
    worker.handle(app, breaches.TELL, breaches.tell_batch)
