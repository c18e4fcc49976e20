"""Questions about complaints. Their owner is part of hers; the console's leave the words closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from msewa.crypto.envelope import Place, unseal_json
from msewa.extensions import db
from msewa.grievances.models import Grievance, GrievanceEvent
from msewa.grievances.references import read_reference, show_reference
from msewa.grievances.rules import MAY_ANSWER, WAITING, is_overdue
from msewa.ledger.rules import Subject
from msewa.web.errors import NoSuchRowError

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint without its words; plain values, so that it outlives its transaction."""

    id: str
    reference: str
    account_id: str
    topic: str
    state: str
    assigned_to: str | None
    filed_at: datetime
    due_at: datetime
    answered_at: datetime | None

    @property
    def ref(self) -> str:
        """The number as it is read."""
        return show_reference(self.reference)

    def is_overdue(self, now: datetime) -> bool:
        """Whether no answer came in time."""
        return is_overdue(due_at=self.due_at, answered_at=self.answered_at, state=self.state, now=now)


@dataclass(frozen=True, slots=True)
class Words:
    """What she wrote, and what it is about (`about` as in `rules.About`); of a correction also field, old and new value."""

    text: str
    about: str
    details: dict[str, str]


class Step(NamedTuple):
    """One thing that happened to a complaint, with the words that were said, if any."""

    kind: str
    at: datetime
    words: str


COLUMNS = (
    Grievance.id,
    Grievance.reference,
    Grievance.account_id,
    Grievance.topic,
    Grievance.state,
    Grievance.assigned_to,
    Grievance.filed_at,
    Grievance.due_at,
    Grievance.answered_at,
)


def place_of(complaint_id: str, *, subject_id: str, group: str = "words") -> Place:
    """Return where the words of a complaint, or of its step (`group` is its number), belong."""
    return Place(table="grievance", group=group, row=complaint_id, subject=subject_id)


def get_own(typed: str, *, account_id: str) -> Complaint:
    """Return a complaint of this person by its number; NoSuchRowError when she has none of it."""
    return _get(Grievance.reference == read_reference(typed), Grievance.account_id == account_id)


def get_complaint(typed: str) -> Complaint:
    """Return a complaint whoever's it is, its words still closed; NoSuchRowError when there is none."""
    return _get(Grievance.reference == read_reference(typed))


def find_by_id(complaint_id: str) -> Complaint | None:
    """Return a complaint for work after the commit; None when it is gone."""
    row = db.session.execute(select(*COLUMNS).where(Grievance.id == complaint_id)).first()
    return None if row is None else Complaint(*row)


def _get(*conditions: ColumnElement[bool]) -> Complaint:
    row = db.session.execute(select(*COLUMNS).where(*conditions)).first()
    if row is None:
        raise NoSuchRowError
    return Complaint(*row)


def list_own(account_id: str, *, limit: int | None = None) -> Sequence[Complaint]:
    """Return a person's complaints, the newest first; every one unless told."""
    chosen = select(*COLUMNS).where(Grievance.account_id == account_id).order_by(Grievance.filed_at.desc(), Grievance.id)
    return [Complaint(*row) for row in db.session.execute(chosen.limit(limit))]


def list_inbox(*, limit: int = PAGE_SIZE) -> Sequence[Complaint]:
    """Return the complaints that wait for an answer, whoever's they are, the first due first."""
    waiting = (Grievance.answered_at.is_(None), Grievance.state.in_(sorted(MAY_ANSWER)))
    chosen = select(*COLUMNS).where(*waiting).order_by(Grievance.due_at, Grievance.id).limit(limit)
    return [Complaint(*row) for row in db.session.execute(chosen)]


def count_by_state() -> dict[str, int]:
    """Count the complaints in each state."""
    return {state: count for state, count in db.session.execute(select(Grievance.state, func.count()).group_by(Grievance.state))}


def count_overdue(*, now: datetime) -> int:
    """Count the complaints whose answer did not come in time."""
    # Those that went on to the Board unanswered are late still.
    late = (Grievance.answered_at.is_(None), Grievance.due_at < now)
    return db.session.scalar(select(func.count()).where(*late, Grievance.state.in_(sorted(MAY_ANSWER)))) or 0


def count_waiting(account_id: str) -> int:
    """Count a person's complaints that have no answer yet."""
    mine = (Grievance.account_id == account_id, Grievance.state.in_(sorted(WAITING)))
    return db.session.scalar(select(func.count()).where(*mine)) or 0


def read_words(complaint: Complaint, *, subject: Subject) -> Words:
    """Return what she wrote, opened with her key."""
    sealed = db.session.scalars(select(Grievance.sealed).where(Grievance.id == complaint.id)).one()
    content: dict[str, Any] = unseal_json(subject.key, sealed, place=place_of(complaint.id, subject_id=subject.id))
    return Words(content["text"], content["about"], content["details"])


def list_texts(subject: Subject) -> dict[str, str]:
    """Return what she wrote in each of her complaints, by its id, opened with her key."""
    rows = db.session.execute(select(Grievance.id, Grievance.sealed).where(Grievance.account_id == subject.id))
    return {row.id: unseal_json(subject.key, row.sealed, place=place_of(row.id, subject_id=subject.id))["text"] for row in rows}


def list_steps(complaint: Complaint, *, subject: Subject | None = None) -> list[Step]:
    """Return what happened to a complaint, in order; the words of it only with its subject's key."""
    chosen = select(GrievanceEvent.number, GrievanceEvent.kind, GrievanceEvent.at, GrievanceEvent.sealed)
    rows = db.session.execute(chosen.where(GrievanceEvent.grievance_id == complaint.id).order_by(GrievanceEvent.number))
    return [Step(row.kind, row.at, _opened(row, complaint=complaint, subject=subject)) for row in rows]


def _opened(row: Any, *, complaint: Complaint, subject: Subject | None) -> str:
    # The console asks without a subject: what was said stays closed until a look opens it.
    if row.sealed is None or subject is None:
        return ""
    return unseal_json(subject.key, row.sealed, place=place_of(complaint.id, subject_id=subject.id, group=str(row.number)))
