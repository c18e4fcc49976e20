"""Questions about choices and receipts; `is_allowed` is what every use of data asks first."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from msewa.consents import receipts
from msewa.consents.models import ChoiceEvent, Receipt
from msewa.consents.purposes import purposes
from msewa.consents.rules import IN_FORCE, NOT_ASKED, Choice, Event, Latest, Purpose, Recipient, choice_id, state_of
from msewa.crypto.envelope import Place, unseal_json
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.web import clock
from msewa.web.errors import NoSuchRowError

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Given:
    """A receipt with what it says; `kind` is choice, disclosure, or law."""

    id: str
    kind: str
    at: datetime
    record: dict[str, Any]


def is_allowed(account_id: str, purpose_id: str, *, now: datetime | None = None, recipient: Recipient | None = None) -> bool:
    """Whether data may be used for a purpose at this moment: a purpose nobody has published grants nothing (P44).

    `recipient` is for whom, where each has a choice of its own.
    """
    purpose = purposes().get(purpose_id)
    # What a law requires has no switch to ask, and what nobody published has nothing that could allow it.
    if purpose is None or not purpose.is_choice:
        return purpose is not None
    return state_of(find_latest(account_id, choice_id(purpose_id, recipient)), purpose, now=now or clock.now()) in IN_FORCE


def find_latest(account_id: str, purpose_id: str) -> Latest | None:
    """Return the last event of a choice, by what its events stand under (`choice_id`); None when there was none."""
    row = db.session.execute(
        select(ChoiceEvent.number, ChoiceEvent.state, ChoiceEvent.version, ChoiceEvent.at)
        .where(ChoiceEvent.account_id == account_id, ChoiceEvent.purpose_id == purpose_id)
        .order_by(ChoiceEvent.number.desc())
        .limit(1)
    ).first()
    return None if row is None else Latest(row.number, Event(row.state), row.version, row.at)


def list_choices(subject: Subject, *, now: datetime | None = None) -> list[Choice]:
    """Return where somebody stands with every purpose that is one choice of hers, in the order of the register."""
    moment = now or clock.now()
    latest = {row.purpose_id: row for row in _rows(subject.id)}
    single = [purpose for purpose in purposes().values() if purpose.is_choice and not purpose.is_per_recipient]
    return [_choice(subject, purpose, latest.get(purpose.id), now=moment) for purpose in single]


def list_events(subject: Subject) -> list[dict[str, Any]]:
    """Return every event of every choice, oldest first, opened: what happened, under which words, with which receipt."""
    return [
        {
            "purpose": row.purpose_id.partition(":")[0],
            "choice": row.purpose_id,
            "number": row.number,
            "event": row.state,
            "at": row.at.isoformat(),
            **open_event(subject, row),
        }
        for row in _rows(subject.id)
    ]


def list_receipts(subject: Subject, *, limit: int | None = None) -> list[Given]:
    """Return somebody's receipts, the newest first, opened."""
    chosen = select(Receipt.id, Receipt.kind, Receipt.at, Receipt.sealed).where(Receipt.account_id == subject.id)
    return [_given(subject, row) for row in db.session.execute(chosen.order_by(Receipt.at.desc(), Receipt.id).limit(limit))]


def get_receipt(subject: Subject, receipt_id: str) -> Given:
    """Return one of somebody's receipts; NoSuchRowError when it is not hers."""
    # PostgreSQL takes no NUL and no half of a surrogate pair, not even to find nothing.
    if not UUID.fullmatch(receipt_id):
        raise NoSuchRowError
    chosen = select(Receipt.id, Receipt.kind, Receipt.at, Receipt.sealed)
    row = db.session.execute(chosen.where(Receipt.account_id == subject.id, Receipt.id == receipt_id)).first()
    if row is None:
        raise NoSuchRowError
    return _given(subject, row)


def place_of(account_id: str, *, purpose_id: str, number: int) -> Place:
    """Return where an event's envelope belongs."""
    return Place(table="choice_event", group="content", row=f"{purpose_id}:{number}", subject=account_id)


def open_event(subject: Subject, row: Any) -> dict[str, Any]:
    """Return the sealed part of an event: notice (version, language, sha256), policy version, who acted, receipt."""
    return unseal_json(subject.key, row.sealed, place=place_of(subject.id, purpose_id=row.purpose_id, number=row.number))


def _rows(account_id: str) -> list[Any]:
    chosen = select(
        ChoiceEvent.purpose_id, ChoiceEvent.number, ChoiceEvent.state, ChoiceEvent.version, ChoiceEvent.at, ChoiceEvent.sealed
    ).where(ChoiceEvent.account_id == account_id)
    return list(db.session.execute(chosen.order_by(ChoiceEvent.purpose_id, ChoiceEvent.number)))


def _choice(subject: Subject, purpose: Purpose, row: Any, *, now: datetime) -> Choice:
    latest = None if row is None else Latest(row.number, Event(row.state), row.version, row.at)
    state = state_of(latest, purpose, now=now)
    if row is None:
        return Choice(purpose, NOT_ASKED)
    if state == NOT_ASKED:
        return Choice(purpose, NOT_ASKED, row.at, before=Event(row.state))
    content = open_event(subject, row)
    expires_at = row.at + purpose.validity if purpose.validity and state in IN_FORCE else None
    return Choice(purpose, state, row.at, expires_at, content["receipt"], content["notice"]["language"], content["policy"])


def _given(subject: Subject, row: Any) -> Given:
    place = receipts.place_of(row.id, account_id=subject.id)
    return Given(row.id, row.kind, row.at, unseal_json(subject.key, row.sealed, place=place))
