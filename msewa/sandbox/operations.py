"""Acts of the sandbox: move the clock, work, and begin again."""

import time
from collections.abc import Callable
from datetime import datetime

from flask import current_app
from sqlalchemy import delete

from msewa.catalogue import operations as catalogue
from msewa.closure import vault
from msewa.config import Settings
from msewa.extensions import Base, db
from msewa.ledger.operations import forget_entries
from msewa.outbox import daily, worker
from msewa.outbox.queries import count_leased
from msewa.sandbox import seeding
from msewa.visits.security import make_demonstration_key
from msewa.web.clock import MovableClock

STAYS = "catalogue_"
LONGEST_WAIT_SECONDS = 10.0


def reset(clock: MovableClock) -> None:
    """Go back to the state of a first start: nobody and nothing but the catalogue, every provider registered, personas, the real time."""
    # First of all: what is made anew belongs to the real time.
    clock.reset()
    forget_entries()
    for table in reversed(Base.metadata.sorted_tables):
        if not table.name.startswith(STAYS) and not table.info.get("append_only"):
            db.session.execute(delete(table))
    catalogue.reinstate_providers()
    db.session.expire_all()
    seeding.seed(now=clock.now())
    settings: Settings = current_app.extensions["settings"]
    vault.forget_ended(settings)
    begin(settings, now=clock.now())


def begin(settings: Settings, *, now: datetime) -> None:
    """Make the demonstration's keys of this month where they are missing, and plan the daily work."""
    make_demonstration_key(now=now)
    vault.prepare_demonstration(settings, now=now)
    daily.start(now=now)


def work(clock: Callable[[], datetime], *, topic: str | None = None) -> int:
    """Do everything (of `topic`) that is due, and wait for what another worker holds; return how many pieces were tried here."""
    tried, patience = 0, time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        while worker.run_next(now=clock(), topic=topic):
            tried += 1
        # What the demo's own worker has just taken is not done yet, and a tester looks at once.
        is_busy = count_leased(now=clock(), topic=topic) > 0
        db.session.rollback()
        if not is_busy or time.monotonic() > patience:
            worker.run_minute_work(now=clock())
            return tried
        time.sleep(0.05)
