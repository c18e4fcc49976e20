"""Complaining, and answering: each step moves a complaint on once, is on the citizen's ledger, and is told to her."""

import secrets
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, select, update

from msewa.accounts.queries import get_subject
from msewa.accounts.standing import one_at_a_time
from msewa.applications.operations.following import tell
from msewa.crypto.envelope import seal_json
from msewa.extensions import db
from msewa.grievances.models import Grievance, GrievanceEvent
from msewa.grievances.queries import Complaint, count_waiting, find_by_id, place_of
from msewa.grievances.references import new_reference, show_reference
from msewa.grievances.rules import ANSWER_WITHIN, MAY_ANSWER, MAY_CLOSE, MAY_TAKE, MOST_OPEN, About, State, may_escalate
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.outbox import operations as outbox
from msewa.web.filters import show_date

DUE = "grievances.due"


class TooManyOpenError(Exception):
    """This person has as many unanswered complaints as one person may."""


class MovedOnError(Exception):
    """The complaint is not where this step begins: somebody else was faster."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What she wrote and what it is about; `details` hold a correction's field, old and new value."""

    about: About
    text: str = field(repr=False)
    details: dict[str, str] = field(default_factory=dict[str, str], repr=False)


def file(draft: Draft, *, subject: Subject, actor: Actor, now: datetime) -> str:
    """Take in a complaint and start its clock; return its id. Raises TooManyOpenError."""
    one_at_a_time(subject.id)
    if count_waiting(subject.id) >= MOST_OPEN:
        raise TooManyOpenError
    complaint_id, reference, due_at = secrets.token_hex(16), new_reference(), now + ANSWER_WITHIN
    content = {"text": draft.text, "about": str(draft.about), "details": draft.details}
    row = {
        "id": complaint_id,
        "reference": reference,
        "account_id": subject.id,
        "topic": draft.about.topic,
        "state": State.RECEIVED,
        "sealed": seal_json(subject.key, content, place=place_of(complaint_id, subject_id=subject.id)),
        "filed_at": now,
        "due_at": due_at,
    }
    db.session.execute(insert(Grievance).values(**row))
    _note(complaint_id, State.RECEIVED, subject=subject, now=now)
    record("grievance.filed", subject=subject, actor=actor, now=now, about=show_reference(reference))
    values = {"reference": show_reference(reference), "due_on": show_date(due_at)}
    tell("grievance_received", subject, values=values, now=now)
    outbox.put(DUE, complaint_id, now=now, due_at=due_at)
    return complaint_id


def take(complaint: Complaint, *, actor: Actor, now: datetime) -> None:
    """Let an officer of the operator look at a complaint from now on; taken twice it only passes to the other hand.

    One that was answered meanwhile stays as it is.
    """
    if _moved(complaint, only_from=MAY_TAKE, state=State.LOOKING, assigned_to=actor.id):
        _step(complaint, "grievance.taken", State.LOOKING, actor=actor, now=now)
    else:
        _moved(complaint, only_from=MAY_ANSWER, assigned_to=actor.id)


def answer(complaint: Complaint, *, text: str, actor: Actor, now: datetime) -> None:
    """Answer a complaint in words that she alone reads. Raises MovedOnError."""
    _move(complaint, State.ANSWERED, only_from=MAY_ANSWER, answered_at=now, assigned_to=actor.id)
    # Answered: nobody is told any more that no answer came in time.
    outbox.drop(DUE, complaint.id)
    _step(complaint, "grievance.answered", State.ANSWERED, actor=actor, now=now, words=text)


def close(complaint: Complaint, *, actor: Actor, now: datetime) -> None:
    """Close an answered complaint. Raises MovedOnError."""
    _move(complaint, State.CLOSED, only_from=MAY_CLOSE)
    _step(complaint, "grievance.closed", State.CLOSED, actor=actor, now=now)


def escalate(complaint: Complaint, *, actor: Actor, now: datetime) -> None:
    """Note that she goes on to the Data Protection Board. Raises MovedOnError while an answer may still come in time."""
    if not may_escalate(complaint.state, overdue=complaint.is_overdue(now)):
        raise MovedOnError
    # Only from where it was judged: an answer that comes at this moment is hers to read first.
    _move(complaint, State.ESCALATED, only_from={State(complaint.state)})
    _step(complaint, "grievance.escalated", State.ESCALATED, actor=actor, now=now)


def say_overdue(reference: str, *, now: datetime) -> None:
    """Tell her that no answer came in time and what comes next (outbox topic grievances.due)."""
    complaint = find_by_id(reference)
    if complaint is not None and complaint.answered_at is None and now >= complaint.due_at:
        tell("grievance_overdue", get_subject(complaint.account_id), values={"reference": complaint.ref}, now=now)


def _move(complaint: Complaint, state: State, *, only_from: Set[State], **values: Any) -> None:
    if not _moved(complaint, only_from=only_from, state=state, **values):
        raise MovedOnError


def _moved(complaint: Complaint, *, only_from: Set[State], **values: Any) -> bool:
    # Where it stands is asked in the change itself: `complaint` is what was read before somebody else may have moved it on.
    there = update(Grievance).where(Grievance.id == complaint.id, Grievance.state.in_(sorted(only_from)))
    return cast("CursorResult[Any]", db.session.execute(there.values(**values))).rowcount == 1


def _step(complaint: Complaint, act: str, state: State, *, actor: Actor, now: datetime, words: str = "") -> None:
    subject = get_subject(complaint.account_id)
    _note(complaint.id, state, subject=subject, now=now, words=words)
    record(act, subject=subject, actor=actor, now=now, about=complaint.ref)
    tell(f"grievance_{state}", subject, values={"reference": complaint.ref}, now=now)


def _note(complaint_id: str, kind: State, *, subject: Subject, now: datetime, words: str = "") -> None:
    last = select(func.max(GrievanceEvent.number)).where(GrievanceEvent.grievance_id == complaint_id)
    # No two at one moment: whoever comes here holds the complaint by the change of its state before.
    number = (db.session.scalar(last) or 0) + 1
    place = place_of(complaint_id, subject_id=subject.id, group=str(number))
    sealed = seal_json(subject.key, words, place=place) if words else None
    db.session.execute(insert(GrievanceEvent).values(grievance_id=complaint_id, number=number, kind=kind, at=now, sealed=sealed))
