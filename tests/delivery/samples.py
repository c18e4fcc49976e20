"""Ids of applications to send, and what of them waits to go out."""

from sqlalchemy import func, select

from msewa.delivery.models import Package
from msewa.delivery.operations import TOPIC
from msewa.extensions import db
from msewa.outbox.models import OutboxItem

A, B, C = "a" * 32, "b" * 32, "c" * 32


def count_outbound() -> int:
    """Count packages and the errands to hand them over."""
    return db.session.scalar(select(func.count()).select_from(Package)) + db.session.scalar(
        select(func.count()).select_from(OutboxItem).where(OutboxItem.topic == TOPIC)
    )
