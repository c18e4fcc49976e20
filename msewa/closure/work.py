"""What leaving hangs into the application: its pages, its work after the commit, and what must hold before it is asked for."""

from flask import Flask

from msewa.accounts import standing
from msewa.closure import erasures, intimations, routes, vault
from msewa.closure.holding import HOLDING
from msewa.holdings import hold
from msewa.outbox import worker
from msewa.web.clock import now


def init_app(app: Flask) -> None:
    """Register pages, commands, handlers and readiness."""
    app.register_blueprint(routes.bp)
    standing.hold_alone(app, "closure.delete_now")
    hold(app, HOLDING)
    worker.handle(app, intimations.TOPIC, intimations.telling(lambda: app.extensions["departments"]))
    worker.handle(app, erasures.TOPIC, erasures.write_down)
    app.extensions["readiness"]["vault_key"] = lambda: vault.is_key_there(now=now())
    app.extensions["readiness"]["vault_destruction"] = lambda: vault.is_nothing_overdue(now=now())
