"""What goes out: only for a sent application, only to safe addresses, and nothing lies forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from msewa.delivery.models import ProviderKey
from msewa.delivery.rules import find_endpoint_problem
from msewa.extensions import db
from msewa.outbox.models import OutboxItem
from msewa.promises.checks.current import current_settings
from msewa.promises.figures import count_without_basis

LEFT_LYING = timedelta(days=1)


def find_baseless(now: datetime) -> list[str]:
    """Look for packages without a sent application beside them."""
    count = count_without_basis(now)
    return [f"{count} packages stand beside no sent application."] if count else []


def find_unsafe_endpoints(now: datetime) -> list[str]:
    """Look for offices whose address would carry a package in the clear, or into this network."""
    is_demo = current_settings().is_demo
    rows = db.session.execute(
        select(ProviderKey.provider_id, ProviderKey.endpoint).where(ProviderKey.active).order_by(ProviderKey.provider_id)
    )
    return [f"{row.provider_id}: {problem}" for row in rows if (problem := find_endpoint_problem(row.endpoint, is_demo=is_demo))]


def find_forgotten_work(now: datetime) -> list[str]:
    """Look for work that was given up, and that no person has looked at for a day."""
    old = (OutboxItem.state == "attention", OutboxItem.due_at < now - LEFT_LYING)
    rows = db.session.execute(select(OutboxItem.topic, func.count()).where(*old).group_by(OutboxItem.topic).order_by(OutboxItem.topic))
    return [f"{topic}: {count} need a person's attention." for topic, count in rows]
