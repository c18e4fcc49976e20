"""Choosing: an event is added, its receipt given, and what a no ends is ended, all in one transaction."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import aliased

from msewa.accounts.models import Account
from msewa.accounts.queries import get_subject
from msewa.accounts.standing import one_at_a_time
from msewa.consents import receipts
from msewa.consents.models import ChoiceEvent
from msewa.consents.purposes import Shown, get_purpose, purposes, shown
from msewa.consents.queries import find_latest, open_event, place_of
from msewa.consents.rules import IN_FORCE, OUTCOMES, Event, Latest, Purpose, Recipient, choice_id, has_lapsed, state_of
from msewa.consents.texts import get_current_version
from msewa.crypto.envelope import seal_json
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import SYSTEM, VISITOR, Actor, Subject
from msewa.outbox import operations as outbox
from msewa.web.clock import day_of

EXPIRE = "consents.expire"
ENDINGS = frozenset({Event.WITHDRAWN, Event.EXPIRED, Event.REFUSED})


class NoSwitchError(ValueError):
    """A purpose that the law requires is not hers to choose."""


class Hook(Protocol):
    """Ends what rests on a choice: drops what is queued under it, removes what was derived from it. Idempotent."""

    def __call__(self, account_id: str, /, *, now: datetime) -> None:
        """Do so in the caller's transaction."""
        ...


def on_withdrawal(app: Flask, purpose_id: str, hook: Hook) -> None:
    """Have `hook(account_id, now=)` called in the transaction in which a choice is withdrawn, refused or expires."""
    app.extensions.setdefault("withdrawal_hooks", {}).setdefault(purpose_id, []).append(hook)


def choose(
    subject: Subject,
    purpose_id: str,
    event: Event | str,
    *,
    language: str,
    actor: Actor,
    now: datetime,
    recipient: Recipient | None = None,
) -> str:
    """Note an event of a choice under the words that hold now; return its receipt's id.

    `recipient` is whom it is about where each has a choice of its own.

    What changes nothing (a yes where it is on, a no where it is off) adds nothing and gives the receipt that there is. Raises
    NoSuchRowError for a purpose that nobody has published, NoSwitchError for one without a switch, or without its recipient.
    """
    purpose, key = get_purpose(purpose_id), choice_id(purpose_id, recipient)
    if not purpose.is_choice or purpose.is_per_recipient != (recipient is not None):
        raise NoSwitchError(key)
    notice = shown(purpose, language)
    one_at_a_time(subject.id)
    latest = find_latest(subject.id, key)
    # Its end is noted first, so that a yes after its time reads as a renewal and not as one that never ended.
    if latest is not None and latest.version == purpose.version and has_lapsed(latest, purpose, now=now):
        _add(subject, purpose, Event.EXPIRED, notice=notice, actor=SYSTEM, now=now, recipient=recipient)
        latest = find_latest(subject.id, key)
    outcome = OUTCOMES[state_of(latest, purpose, now=now)].get(Event(event))
    if outcome is None:
        return _receipt_of(subject, key, latest)
    return _add(subject, purpose, outcome, notice=notice, actor=actor, now=now, recipient=recipient)


def expire_due(reference: str, *, now: datetime) -> None:
    """End every yes whose time is over, as the worker's errand of a day."""
    for purpose in purposes().values():
        if purpose.validity is None:
            continue
        for account_id, language in _lapsed(purpose, before=now - purpose.validity):
            choose(get_subject(account_id), purpose.id, Event.EXPIRED, language=language, actor=SYSTEM, now=now)


def _lapsed(purpose: Purpose, *, before: datetime) -> list[tuple[str, str]]:
    later = aliased(ChoiceEvent)
    same = (later.account_id == ChoiceEvent.account_id, later.purpose_id == purpose.id, later.number > ChoiceEvent.number)
    chosen = (
        select(ChoiceEvent.account_id, Account.language)
        .join(Account, Account.id == ChoiceEvent.account_id)
        .where(ChoiceEvent.purpose_id == purpose.id, ChoiceEvent.at <= before, ChoiceEvent.state.in_(IN_FORCE))
        .where(ChoiceEvent.version == purpose.version, ~select(later.number).where(*same).exists())
        .order_by(ChoiceEvent.at)
    )
    return [(row.account_id, row.language) for row in db.session.execute(chosen)]


def _add(
    subject: Subject, purpose: Purpose, event: Event, *, notice: Shown, actor: Actor, now: datetime, recipient: Recipient | None
) -> str:
    key = choice_id(purpose.id, recipient)
    latest = find_latest(subject.id, key)
    number = 1 if latest is None else latest.number + 1
    receipt_id = receipts.give_for_choice(subject, purpose, event, notice=notice, actor=actor, now=now, recipient=recipient)
    content = {
        "notice": {"version": notice.version, "language": notice.language, "sha256": notice.sha256},
        "policy": get_current_version("policy", today=day_of(now)),
        "actor": actor.kind,
        "receipt": receipt_id,
        **({"recipient": asdict(recipient)} if recipient else {}),
    }
    sealed = seal_json(subject.key, content, place=place_of(subject.id, purpose_id=key, number=number))
    db.session.add(
        ChoiceEvent(account_id=subject.id, purpose_id=key, number=number, state=event, version=purpose.version, at=now, sealed=sealed)
    )
    # Whoever holds a link was sent it, and yet did not sign in: her list must not say that it was she.
    act = f"choice.{event}_by_link" if actor == VISITOR else f"choice.{event}"
    record(act, subject=subject, actor=actor, now=now, about=purpose.id, reason=recipient.name if recipient else "")
    # After the event stands: a hook that asks `is_allowed` gets the new answer.
    if event in ENDINGS:
        for hook in _hooks(purpose.id):
            hook(subject.id, now=now)
    elif purpose.validity:
        _expire_later(now + purpose.validity, now=now)
    return receipt_id


def _hooks(purpose_id: str) -> list[Callable[..., None]]:
    return current_app.extensions.get("withdrawal_hooks", {}).get(purpose_id, [])


def _expire_later(moment: datetime, *, now: datetime) -> None:
    # One errand a day for everybody: its reference says the day and nobody's name. `is_allowed` knows the very moment.
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    outbox.put(EXPIRE, day.strftime("%Y%m%d"), now=now, due_at=day)


def _receipt_of(subject: Subject, key: str, latest: Latest | None) -> str:
    if latest is None:
        return ""
    return open_event(subject, db.session.get_one(ChoiceEvent, (subject.id, key, latest.number)))["receipt"]
