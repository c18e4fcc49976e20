"""The one way for anybody but herself to a citizen's data: the key and the row in her ledger come in one step (P31, P47, P48)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Flask, Response, g, has_request_context
from sqlalchemy import event
from sqlalchemy.orm import Session

from msewa.accounts.queries import get_subject
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.queries import list_entries
from msewa.ledger.rules import Actor, Kind, SubjectKey

LOOKED, LEDGER_READ = "looked", "ledger.read"
WAITING, LOST = "looks_waiting", "looks_lost"


class ReasonMissingError(Exception):
    """Somebody was about to look without saying why, or at what."""


class LookNotKeptError(Exception):
    """A page was about to show what somebody looked at, while the row of that look was not committed."""


def look(
    account_id: str, *, actor: Actor, reason: str, fields: Iterable[str], now: datetime, about: str = "", act: str = LOOKED
) -> SubjectKey:
    """Record that `actor` looks at these fields of an account, and return its opened data key; NoSuchRowError when there is none.

    The caller commits before it answers (in a GET: inside `writing()`); an answer over a look that was not committed becomes a 500.
    Raises ReasonMissingError for an empty reason or no fields.
    """
    named = sorted(set(fields))
    if not reason.strip() or not named or actor.kind is Kind.VISITOR:
        raise ReasonMissingError
    subject = get_subject(account_id)
    record(act, subject=subject, actor=actor, now=now, about=about, fields=named, reason=reason)
    if has_request_context():
        g.setdefault(WAITING, []).append(act)
    return subject


def read_ledger(
    account_id: str, *, actor: Actor, reason: str, now: datetime, limit: int = 50, before: int | None = None
) -> list[dict[str, Any]]:
    """Return a page of somebody's ledger to staff, as `list_entries` does; the reading is itself an entry, and comes first."""
    subject = look(account_id, actor=actor, reason=reason, fields=("ledger",), now=now, act=LEDGER_READ)
    return list_entries(subject, limit=limit, before=before)


def init_app(app: Flask) -> None:
    """Watch that no answer leaves before the looks behind it are committed."""
    app.after_request(_refuse_lost_looks)


@event.listens_for(db.session, "after_commit")
def _kept(session: Session) -> None:
    if has_request_context():
        g.pop(WAITING, None)


@event.listens_for(db.session, "after_soft_rollback")
def _lost(session: Session, previous: Any) -> None:
    # Also back to a savepoint: the commit after it would keep nothing of the look.
    if has_request_context() and g.pop(WAITING, None):
        setattr(g, LOST, True)


def _refuse_lost_looks(response: Response) -> Response:
    if response.status_code < 300 and (g.get(WAITING) or g.get(LOST)):
        raise LookNotKeptError
    return response
