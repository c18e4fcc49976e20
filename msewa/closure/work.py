"""What leaving hangs into the application: its pages, its work after the commit, and what must hold before it is asked for."""

from datetime import datetime

from flask import Flask

from msewa.accounts import standing
from msewa.accounts.operations import resting
from msewa.closure import ending_routes, erasures, intimations, receipts, routes, vault
from msewa.closure.commands import backup as backup_commands
from msewa.closure.commands import terminate as terminate_commands
from msewa.closure.commands import vault as vault_commands
from msewa.closure.holding import HOLDING
from msewa.closure.operations import terminating
from msewa.closure.operations.closing import close_account
from msewa.closure.rules import Reason, Wish
from msewa.database import empty_log
from msewa.extensions import db
from msewa.holdings import hold
from msewa.ledger.rules import SYSTEM
from msewa.outbox import worker
from msewa.web.clock import now


def init_app(app: Flask) -> None:
    """Register pages, commands, handlers and readiness."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(ending_routes.bp)
    app.register_blueprint(terminate_commands.bp)
    app.register_blueprint(vault_commands.bp)
    app.register_blueprint(backup_commands.bp)
    standing.hold_alone(app, "closure.delete_now")
    hold(app, HOLDING)
    worker.handle(app, intimations.TOPIC, intimations.telling(lambda: app.extensions["departments"]))
    worker.handle(app, erasures.TOPIC, erasures.write_down)
    worker.handle(app, resting.OVER, leave_after_rest)
    worker.handle(app, terminating.TOPIC, terminating.finish)
    worker.each_minute(app, tidy)
    app.extensions["readiness"]["vault_key"] = lambda: vault.is_key_there(now=now())
    app.extensions["readiness"]["vault_destruction"] = lambda: vault.is_nothing_overdue(now=now())


def tidy(*, now: datetime) -> None:
    """Remove what is left for a moment after somebody has left: receipts, and the pages in SQLite's log."""
    receipts.forget_ended(now=now)
    empty_log(db.engine)


def leave_after_rest(reference: str, *, now: datetime) -> None:
    """Close an account whose rest is over, as its owner was told when it began; what offices have they finish (P65)."""
    if resting.hold_resting(reference):
        close_account(reference, actor=SYSTEM, now=now, reason=Reason.RESTED, open_applications=Wish.FINISH)
