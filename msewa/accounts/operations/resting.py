"""De-registering: an account that rests for 30 days, is told a week before, then leaves for good; signing in wakes it until then (P65)."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from msewa.accounts.models import Account
from msewa.accounts.operations import resets, visits
from msewa.accounts.operations.telling import tell
from msewa.accounts.queries import get_subject
from msewa.accounts.rules import REST, REST_NOTICE, State
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.notifications.rules import CHANNELS, EVERYTHING
from msewa.notifications.suppressing import lift, suppress
from msewa.outbox import operations as outbox
from msewa.outbox.queries import find_progress
from msewa.web.filters import show_moment

OVER, SOON_OVER = "accounts.rest_over", "accounts.rest_soon_over"


def rest(subject: Subject, *, actor: Actor, now: datetime) -> None:
    """Let an account rest: every visit ends, no message goes out but what she must know, nobody signs in without waking it."""
    if not _turn(subject.id, State.ACTIVE, State.RESTING):
        return
    visits.end_all(subject.id)
    # Whoever rests is told of no wait, so nobody may come in by waiting meanwhile.
    resets.forget(subject.id)
    for channel in CHANNELS:
        suppress(subject.id, channel=channel, topic=EVERYTHING, reason="resting", now=now)
    record("account.deregistered", subject=subject, actor=actor, now=now)
    outbox.put(OVER, subject.id, now=now, due_at=now + REST)
    outbox.put(SOON_OVER, subject.id, now=now, due_at=now + REST - REST_NOTICE)


def wake(subject: Subject, *, actor: Actor, now: datetime) -> bool:
    """Take an account back into use; False when it does not rest."""
    if not _turn(subject.id, State.RESTING, State.ACTIVE):
        return False
    end_rest(subject.id)
    record("account.returned", subject=subject, actor=actor, now=now)
    return True


def end_rest(account_id: str) -> None:
    """Let messages go out again, and call off the leaving; nothing changes where none rests."""
    lift(account_id, reason="resting")
    forget_ends(account_id)


def forget_ends(account_id: str) -> None:
    """Call off the leaving and the word before it."""
    for topic in (OVER, SOON_OVER):
        outbox.drop(topic, account_id)


def say_soon_over(reference: str, *, now: datetime) -> None:
    """Tell the owner of an account that rests when it leaves and how she keeps it (outbox topic accounts.rest_soon_over)."""
    leaving = find_progress(OVER, reference)
    # After a standstill both may be due: too late to come back is no news.
    if leaving is not None and now < leaving.due_at and hold_resting(reference):
        tell(get_subject(reference), "account_rest_ending", now=now, values={"time": show_moment(leaving.due_at)})


def is_resting(account_id: str) -> bool:
    """Whether an account rests."""
    return db.session.scalar(select(Account.state).where(Account.id == account_id)) == State.RESTING


def hold_resting(account_id: str) -> bool:
    """Whether an account rests; it is held alone for the transaction, so that nobody wakes it meanwhile."""
    return db.session.scalar(select(Account.state).where(Account.id == account_id).with_for_update()) == State.RESTING


def _turn(account_id: str, before: State, after: State) -> bool:
    # The state before is asked in the change itself, so that an account that ends is neither put to rest nor woken.
    turned = update(Account).where(Account.id == account_id, Account.state == before).values(state=after)
    return cast("CursorResult[Any]", db.session.execute(turned)).rowcount == 1
