"""The messages of an account, for its own page: when, how and what about; never the words."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, func, select, tuple_

from msewa.extensions import db, is_writing
from msewa.hot import HotRead
from msewa.notifications.models import Message
from msewa.web.errors import NoSuchRowError


class MessageRow(NamedTuple):
    """One message as its account sees it."""

    id: str
    channel: str
    template: str
    language: str
    state: str
    created_at: datetime
    sent_at: datetime | None


ID = re.compile(r"[0-9a-f]{32}")
_TABLE = Message.__table__.c
NEWEST_FIRST = (
    select(_TABLE.id, _TABLE.channel, _TABLE.template, _TABLE.language, _TABLE.state, _TABLE.created_at, _TABLE.sent_at)
    .where(_TABLE.account_id == bindparam("account_id"))
    .order_by(_TABLE.created_at.desc(), _TABLE.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
FIRST_PAGE = HotRead(NEWEST_FIRST)


def list_messages(account_id: str, *, limit: int = 100, before: str | None = None) -> Sequence[MessageRow]:
    """Return up to `limit` messages of an account, older than the one of id `before`, newest first; NoSuchRowError if that is not hers."""
    values = {"account_id": account_id, "limit": limit}
    if before is None:
        # Whoever writes reads in that transaction, where a message may stand that nobody else sees yet.
        rows = db.session.execute(NEWEST_FIRST, values) if is_writing() else FIRST_PAGE.rows(**values)
        return [MessageRow(*row) for row in rows]
    if not ID.fullmatch(before):  # PostgreSQL takes no NUL, not even to find nothing
        raise NoSuchRowError
    last = select(Message.created_at, Message.id).where(Message.id == before, Message.account_id == account_id)
    found = db.session.execute(last).first()
    if found is None:
        raise NoSuchRowError
    older = NEWEST_FIRST.where(tuple_(_TABLE.created_at, _TABLE.id) < tuple_(*found))
    return [MessageRow(*row) for row in db.session.execute(older, values)]


def find_state(account_id: str, *, templates: Collection[str], at: datetime) -> str | None:
    """Return where the message of one of these templates stands that was written for an account at a moment; None when there is none."""
    written = select(_TABLE.state).where(_TABLE.account_id == account_id, _TABLE.created_at == at, _TABLE.template.in_(templates))
    return db.session.scalar(written.limit(1))


def count_unowned(templates: Collection[str], *, since: datetime, until: datetime, most: int) -> int:
    """Count the messages of these templates, written since and before two moments, that belong to no account; at most `most`."""
    written = select(_TABLE.id).where(_TABLE.account_id.is_(None), _TABLE.created_at >= since, _TABLE.created_at < until)
    few = written.where(_TABLE.template.in_(templates)).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(few)) or 0
