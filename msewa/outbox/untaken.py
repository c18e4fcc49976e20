"""Work that no worker takes: it was due for a while, and nobody is at any work of its kind."""

import time
from datetime import datetime
from typing import NamedTuple

from flask import current_app
from sqlalchemy import func, select

from msewa.extensions import db
from msewa.outbox.models import OutboxItem
from msewa.outbox.rules import LATE

# A worker that has just begun takes what waits since its pause within moments.
SEEN_SECONDS = 60.0


class Untaken(NamedTuple):
    """How many pieces of a topic wait for a worker, and since when the first of them does."""

    topic: str
    waiting: int
    since: datetime


def list_untaken(*, now: datetime) -> list[Untaken]:
    """Return what should have been taken some minutes ago; a topic of which a worker holds a piece is long, and not left."""
    # What was put off, or failed and is tried later, is due later: another machine's faults are not ours.
    held = select(OutboxItem.topic).where(OutboxItem.state == "waiting", OutboxItem.lease_until > now)
    late = (OutboxItem.state == "waiting", OutboxItem.due_at <= now - LATE, OutboxItem.topic.not_in(held))
    columns = (OutboxItem.topic, func.count(), func.min(OutboxItem.due_at))
    rows = db.session.execute(select(*columns).where(*late).group_by(OutboxItem.topic).order_by(OutboxItem.topic))
    return [Untaken(*row) for row in rows]


def is_all_taken(*, now: datetime) -> bool:
    """Whether workers take what is due (readiness): False when the same piece lay there at every look of this process for a minute."""
    try:
        found = list_untaken(now=now)
    finally:
        # Asked every few seconds: the transaction that reading began would stay open.
        db.session.rollback()
    seen: dict[tuple[str, datetime], float] = current_app.extensions.get("untaken_seen", {})
    moment = time.monotonic()
    current_app.extensions["untaken_seen"] = first = {(one.topic, one.since): seen.get((one.topic, one.since), moment) for one in found}
    return all(moment - at < SEEN_SECONDS for at in first.values())
