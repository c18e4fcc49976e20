"""The messages of a person, for her download, the seal and the erasure: when, how and what about; the words are gone once sent."""

from typing import Any

from sqlalchemy import select

from msewa.extensions import db
from msewa.holdings import Holding
from msewa.ledger.rules import Subject
from msewa.notifications.models import Message
from msewa.notifications.operations import forget


def gather(subject: Subject) -> list[dict[str, Any]]:
    """Return every message of hers, oldest first."""
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


HOLDING = Holding(section="communications", tables=("message",), gather=gather, erase=forget)
