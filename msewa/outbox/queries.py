"""How a piece of work stands."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from msewa.extensions import db
from msewa.outbox.models import OutboxItem


class Progress(NamedTuple):
    """Where work stands: waiting, done or attention; how often it was tried; when it is tried next."""

    state: str
    attempts: int
    due_at: datetime


def find_progress(topic: str, reference: str) -> Progress | None:
    """Return how one piece of work stands; None when it was never put."""
    chosen = select(OutboxItem.state, OutboxItem.attempts, OutboxItem.due_at).filter_by(topic=topic, reference=reference)
    row = db.session.execute(chosen).first()
    return Progress(row.state, row.attempts, row.due_at) if row else None


def count_attention() -> int:
    """Return how many pieces were tried for 30 days and wait for a person."""
    return db.session.scalar(select(func.count()).where(OutboxItem.state == "attention")) or 0


def count_leased(*, now: datetime, topic: str | None = None) -> int:
    """Return how many pieces (of `topic`) some worker holds at this moment."""
    chosen = select(func.count()).where(OutboxItem.state == "waiting", OutboxItem.lease_until > now)
    return db.session.scalar(chosen if topic is None else chosen.where(OutboxItem.topic == topic)) or 0
