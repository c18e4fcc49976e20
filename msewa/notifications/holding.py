"""The messages of a person, for her download, the seal and the erasure: when, how and what about; the words are gone once sent."""

from typing import Any

from sqlalchemy import delete, select

from msewa.extensions import db
from msewa.holdings import Holding
from msewa.ledger.rules import Subject
from msewa.notifications.models import Message, Suppression
from msewa.notifications.operations import forget
from msewa.notifications.suppressing import list_suppressions


def gather(subject: Subject) -> dict[str, Any]:
    """Return every message of hers, oldest first, and what she stopped."""
    return {"messages": _messages(subject), "stopped": _stopped(subject)}


def _messages(subject: Subject) -> list[dict[str, Any]]:
    columns = (Message.channel, Message.template, Message.language, Message.state, Message.created_at, Message.sent_at)
    rows = db.session.execute(select(*columns).where(Message.account_id == subject.id).order_by(Message.created_at, Message.id))
    return [
        {
            "channel": row.channel,
            "about": row.template,
            "language": row.language,
            "state": row.state,
            "written_at": row.created_at.isoformat(),
            "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        }
        for row in rows
    ]


def erase(account_id: str) -> None:
    """Remove every message of hers, and her lines on the list of whom nothing is sent to."""
    forget(account_id)
    db.session.execute(delete(Suppression).where(Suppression.account_id == account_id))


def _stopped(subject: Subject) -> list[dict[str, str]]:
    return [{**line._asdict(), "at": line.at.isoformat()} for line in list_suppressions(subject.id)]


HOLDING = Holding(section="communications", tables=("message", "suppression"), gather=gather, erase=erase)
