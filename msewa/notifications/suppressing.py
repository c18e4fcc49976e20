"""The one list of whom nothing is sent to: every sender asks it, when a message is made and again when it goes out (P64)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from msewa.extensions import db
from msewa.notifications.models import Message, Suppression
from msewa.notifications.rules import EMPTY, EVERYTHING, Channel

Reason = Literal["opted_out", "resting", "revoked_number"]


class Stopped(NamedTuple):
    """A line of the list: nothing of `topic` over `channel`, why and since when."""

    channel: str
    topic: str
    reason: str
    at: datetime


def suppress(account_id: str, *, channel: Channel, topic: str, reason: Reason, now: datetime) -> None:
    """Send an account nothing of `topic` over `channel` from now on, not even what waits; `EVERYTHING` is every topic."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = {"account_id": account_id, "channel": channel, "topic": topic, "reason": reason, "at": now}
    db.session.execute(dialect.insert(Suppression).values(**row).on_conflict_do_nothing())
    drop(account_id, channel=channel, topic=None if topic == EVERYTHING else topic)


def allow(account_id: str, *, channel: Channel, topic: str) -> None:
    """Take back what she herself stopped."""
    # Only that: a number that was reported dead, or an account that rests, is not opened again by a press on a topic.
    _remove(account_id, Suppression.channel == channel, Suppression.topic == topic, Suppression.reason == "opted_out")


def lift(account_id: str, *, reason: Reason) -> None:
    """Take back everything that was stopped for this reason."""
    _remove(account_id, Suppression.reason == reason)


def is_suppressed(account_id: str, *, channel: str, topic: str, despite: str = "") -> bool:
    """Whether nothing of `topic` may go to this account over `channel`; lines for the reason `despite` do not count."""
    of_hers = (Suppression.account_id == account_id, Suppression.channel == channel, Suppression.reason != despite)
    lines = select(Suppression.account_id).where(*of_hers)
    return bool(db.session.scalar(select(exists(lines.where(Suppression.topic.in_((topic, EVERYTHING)))))))


def list_suppressions(account_id: str) -> Sequence[Stopped]:
    """Return an account's lines, by topic and channel."""
    columns = (Suppression.channel, Suppression.topic, Suppression.reason, Suppression.at)
    rows = db.session.execute(select(*columns).where(Suppression.account_id == account_id).order_by(Suppression.topic, Suppression.channel))
    return [Stopped(*row) for row in rows]


def drop(account_id: str, *, channel: str | None = None, topic: str | None = None, topics: Sequence[str] = ()) -> None:
    """Let none of an account's waiting messages go out, of this channel and these topics where given, and forget their words."""
    waiting = update(Message).where(Message.account_id == account_id, Message.state == "waiting")
    if channel is not None:
        waiting = waiting.where(Message.channel == channel)
    wanted = [topic] if topic is not None else list(topics)
    if wanted:
        waiting = waiting.where(Message.topic.in_(wanted))
    db.session.execute(waiting.values(state="dropped", **EMPTY))


def _remove(account_id: str, *which: object) -> None:
    db.session.execute(delete(Suppression).where(Suppression.account_id == account_id, *which))  # pyright: ignore[reportArgumentType]
