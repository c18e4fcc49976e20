"""What goes out: only for a sent application, only to safe addresses, and nothing lies forgotten."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from msewa.accounts.operations.bounds import HOUR, is_braked
from msewa.delivery.models import ProviderKey
from msewa.delivery.rules import find_endpoint_problem
from msewa.extensions import db
from msewa.notifications.failing import list_failing
from msewa.notifications.models import Message
from msewa.notifications.operations import may_promote
from msewa.notifications.suppressing import is_suppressed
from msewa.outbox.models import OutboxItem
from msewa.outbox.untaken import list_untaken
from msewa.promises.checks.current import current_settings
from msewa.promises.figures import count_without_basis

# Whoever is on duty has a day to look at what the worker gave up.
LEFT_LYING = timedelta(days=1)
MOST_LOOKED_AT = 500


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


def find_untaken_work(now: datetime) -> list[str]:
    """Look for work that is due for some minutes and that no worker takes."""
    if current_settings().is_demo:  # whose clock may be moved: all that is planned is late at once, until it is done
        return []
    return [f"{one.topic}: {one.waiting} wait since {one.since:%Y-%m-%d %H:%M} UTC; does a worker run?" for one in list_untaken(now=now)]


def find_failing_channels(now: datetime) -> list[str]:
    """Look for a channel over which messages are tried in vain for some minutes, and nothing goes out."""
    why = "work_failed in the log says why"
    return [f"{one.channel}: {one.waiting} were tried in vain, and nothing goes out; {why}." for one in list_failing(now=now)]


def find_unwanted_news(now: datetime) -> list[str]:
    """Look for promotional messages that wait to be sent without a choice that allows them, or though they were stopped."""
    waiting = (Message.topic != "", Message.state == "waiting")
    columns = (Message.account_id, Message.topic, Message.channel)
    # Asked as the sender itself will ask, so that both can never mean different people.
    rows = db.session.execute(select(*columns).where(*waiting).order_by(Message.created_at.desc()).limit(MOST_LOOKED_AT)).all()
    count = sum(not _is_wanted(*row) for row in rows)
    return [f"{count} promotional messages wait that nobody allowed."] if count else []


def _is_wanted(account_id: str | None, topic: str, channel: str) -> bool:
    if account_id is None or is_suppressed(account_id, channel=channel, topic=topic):
        return False
    return may_promote(account_id, topic, channel)


def find_idle_days(now: datetime) -> list[str]:
    """Look for daily work that nothing plans any more, or that should have been done a day ago: forgetting in time, these checks."""
    # A day's piece puts the next one when it is done, so that one which was given up leaves none waiting.
    waiting = select(OutboxItem.topic, func.min(OutboxItem.due_at)).where(OutboxItem.state == "waiting").group_by(OutboxItem.topic)
    next_at = {topic: due_at for topic, due_at in db.session.execute(waiting)}
    idle = [topic for topic in current_app.extensions["daily"] if topic not in next_at or next_at[topic] < now - LEFT_LYING]
    return [f"{topic}: nobody does this daily work." for topic in idle]


def find_flooded_hours(now: datetime) -> list[str]:
    """Look for hours of the last day in which strangers were sent as many codes as the settings allow, so that others had to wait."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    count = sum(is_braked(this_hour - ago * HOUR) for ago in range(LEFT_LYING // HOUR))
    return [f"Hours of the last day in which strangers were sent all codes that MSEWA_CODES_AN_HOUR allows: {count}."] if count else []
