"""The messages of an account, for its own page: when, how and what about; never the words."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from msewa.extensions import db
from msewa.notifications.models import Message


class MessageRow(NamedTuple):
    """One message as its account sees it."""

    id: str
    channel: str
    template: str
    language: str
    state: str
    created_at: datetime
    sent_at: datetime | None


def list_messages(account_id: str, *, limit: int = 100) -> Sequence[MessageRow]:
    """Return an account's messages, newest first."""
    columns = (Message.id, Message.channel, Message.template, Message.language, Message.state, Message.created_at, Message.sent_at)
    chosen = select(*columns).where(Message.account_id == account_id).order_by(Message.created_at.desc(), Message.id)
    return [MessageRow(*row) for row in db.session.execute(chosen.limit(limit))]
