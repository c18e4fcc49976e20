"""The way of an application after it was sent: its knots, and the words that go to the applicant."""

from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, select, update

from msewa.accounts.queries import get_contact, get_subject
from msewa.applications import queries
from msewa.applications.models import Application, ApplicationEvent
from msewa.applications.operations.drafting import AlreadySentError
from msewa.applications.queries import Case
from msewa.applications.references import show_reference
from msewa.applications.rules import OPEN, Event, State, withdrawal_id
from msewa.crypto.canonical import canonical
from msewa.delivery import operations as delivery
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import SYSTEM, Actor, Subject
from msewa.notifications import operations as notifications
from msewa.web.clock import day_of


def note_event(application_id: str, kind: Event, *, now: datetime) -> None:
    """Put the next knot on the track."""
    last = select(func.max(ApplicationEvent.number)).where(ApplicationEvent.application_id == application_id)
    # No two at one moment: whoever comes here holds the application by the change of its state before.
    number = (db.session.scalar(last) or 0) + 1
    db.session.execute(insert(ApplicationEvent).values(application_id=application_id, number=number, kind=kind, at=now))


def tell(template: str, subject: Subject, *, values: dict[str, str], now: datetime) -> None:
    """Send the applicant an SMS in her own language."""
    contact = get_contact(subject)
    notifications.send(template, to=contact.mobile, channel="sms", language=contact.language, values=values, now=now, account_id=subject.id)


def note_received(reference: str, *, now: datetime) -> None:
    """Note that the provider has the package of an application (outbox topic applications.delivered); run again it changes nothing."""
    waiting = update(Application).where(Application.id == reference, Application.state == State.SUBMITTED)
    if cast("CursorResult[Any]", db.session.execute(waiting.values(state=State.RECEIVED, updated_at=now))).rowcount != 1:
        return
    case = queries.get_case_by_id(reference)
    subject = get_subject(case.account_id)
    about = show_reference(case.reference)
    note_event(case.id, Event.RECEIVED, now=now)
    record("application.received", subject=subject, actor=SYSTEM, now=now, about=about)
    tell("application_received", subject, values={"reference": about}, now=now)


def withdraw(case: Case, *, subject: Subject, actor: Actor, now: datetime) -> None:
    """Take an application back: out of the post where its office does not have it yet, else the office is told.

    Raises AlreadySentError when it is finished or withdrawn already.
    """
    open_ones = update(Application).where(Application.id == case.id, Application.state.in_(OPEN))
    if cast("CursorResult[Any]", db.session.execute(open_ones.values(state=State.WITHDRAWN, updated_at=now))).rowcount != 1:
        raise AlreadySentError
    # What has not reached the office must not reach it any more; what may have, it is told of.
    if case.id not in delivery.recall_untried([case.id]):
        _tell_office(case, now=now)
    about = show_reference(case.reference)
    note_event(case.id, Event.WITHDRAWN, now=now)
    record("application.withdrawn", subject=subject, actor=actor, now=now, about=about)
    tell("application_withdrawn", subject, values={"reference": about}, now=now)


def _tell_office(case: Case, *, now: datetime) -> None:
    reference = show_reference(case.reference)
    payload = canonical({"kind": "withdrawal", "reference": reference, "application": case.id, "withdrawn_on": day_of(now).isoformat()})
    word = withdrawal_id(case.id)
    # An office that was stopped gets nothing, not even this (P26); the page then says that it could not be told.
    with suppress(delivery.ProviderNotRegisteredError):
        delivery.follow_up(word, application_id=case.id, provider_id=case.provider_id, payload=payload, now=now)
