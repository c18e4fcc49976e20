"""Channels over which nothing goes out any more, though it is tried."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from msewa.egress import EgressError
from msewa.extensions import db
from msewa.notifications.gateway import NotTakenError
from msewa.notifications.models import Message
from msewa.notifications.operations import TOPIC
from msewa.outbox.models import OutboxItem
from msewa.outbox.rules import LATE

# What is wrong with the way out or its other end; an error of ours is another matter.
OF_THE_WAY = (EgressError, NotTakenError)
# What a mail server says of one address or one text: anybody can have a mail sent to an address that is none.
OF_ONE_MAIL = ("SMTPRecipientsRefused", "SMTPDataError")


class Failing(NamedTuple):
    """A channel, how many of its messages wait after a try in vain, and when the newest of those was written."""

    channel: str
    waiting: int
    newest_at: datetime


def list_failing(*, now: datetime) -> list[Failing]:
    """Return the channels that took nothing since a message which was tried in vain for some minutes."""
    columns = (Message.channel, func.count(), func.max(Message.created_at))
    vain = (
        OutboxItem.topic == TOPIC,
        OutboxItem.state == "waiting",
        OutboxItem.attempts > 0,
        OutboxItem.created_at <= now - LATE,
        _is_of_the_way(),
    )
    tried = select(*columns).join(OutboxItem, OutboxItem.reference == Message.id).where(*vain).group_by(Message.channel)
    found = [Failing(*row) for row in db.session.execute(tried.order_by(Message.channel))]
    return [one for one in found if not _took_one(one.channel, since=one.newest_at)]


def is_all_going_out(*, now: datetime) -> bool:
    """Whether every channel that is tried takes messages (readiness)."""
    try:
        return not list_failing(now=now)
    finally:
        # Asked every few seconds: the transaction that reading began would stay open.
        db.session.rollback()


def _is_of_the_way() -> ColumnElement[bool]:
    ways = [OutboxItem.error.startswith(kind.__name__) for kind in OF_THE_WAY]
    return and_(or_(*ways), *[~OutboxItem.error.contains(kind) for kind in OF_ONE_MAIL])


def _took_one(channel: str, *, since: datetime) -> bool:
    # By when the work was due, which is indexed, as the moment of sending is not.
    done = (OutboxItem.topic == TOPIC, OutboxItem.state == "done", OutboxItem.due_at > since)
    sent = select(Message.id).join(OutboxItem, OutboxItem.reference == Message.id).where(*done)
    return db.session.scalar(sent.where(Message.channel == channel, Message.state == "sent").limit(1)) is not None
