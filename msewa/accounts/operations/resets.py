"""Getting back in without password and second factor: after a wait in which both addresses are told and may say no.

The wait is 72 hours. Where there is a proved e-mail address, it must agree by a link that goes there alone, else the wait is 30 days: a
number that changed hands, or a SIM that was swapped, is in a stranger's phone and her mailbox is not. Who lost the mailbox too still
comes back in, later.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update

from msewa.accounts.links import AGREE_RESET, CANCEL_RESET, link_to
from msewa.accounts.models import Account, PendingReset, RecoveryCode
from msewa.accounts.operations import passkeys, visits
from msewa.accounts.operations.forgetting import forgive
from msewa.accounts.operations.numbers import may_be_taken_over
from msewa.accounts.operations.opening import add_recovery_codes, bind_factor
from msewa.accounts.operations.securing import change_password
from msewa.accounts.operations.telling import tell
from msewa.accounts.queries import find_pending_reset, get_contact, get_subject
from msewa.accounts.rules import REMIND_ON_DAYS, RESET_OPEN, RESET_WAIT, RESET_WAIT_ALONE, State
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import VISITOR, Actor, Subject
from msewa.outbox import operations as outbox
from msewa.web.filters import show_moment

REMIND = "accounts.remind_reset"


class DormantError(Exception):
    """The number alone proves too little: somebody else may have it by now (P66), or the account rests and nobody would be told."""


class ResetGoneError(Exception):
    """The reset was cancelled, used, or left too long."""


def begin_reset(subject: Subject, *, now: datetime) -> PendingReset:
    """Begin the wait, or return the one that runs. Raises DormantError."""
    pending = find_pending_reset(subject.id, now=now)
    if pending is not None:
        return pending
    state = db.session.scalars(select(Account.state).where(Account.id == subject.id)).one()
    if state != State.ACTIVE or may_be_taken_over(subject.id, now=now):
        raise DormantError
    db.session.execute(delete(PendingReset).where(PendingReset.account_id == subject.id))
    wait = RESET_WAIT if get_contact(subject).email is None else RESET_WAIT_ALONE
    ready_at = now + wait
    pending = PendingReset(account_id=subject.id, id=secrets.token_hex(16), begun_at=now, ready_at=ready_at, ends_at=ready_at + RESET_OPEN)
    db.session.add(pending)
    db.session.flush()
    record("reset.begun", subject=subject, actor=VISITOR, now=now)
    _tell(pending, subject=subject, template="reset_begun", now=now)
    if wait > RESET_WAIT:
        _ask_by_mail(pending, subject=subject, now=now)
    for day in _days(wait):
        outbox.put(REMIND, f"{pending.id}.{day}", now=now, due_at=now + timedelta(days=day))
    return pending


def _ask_by_mail(pending: PendingReset, *, subject: Subject, now: datetime) -> None:
    link = link_to(AGREE_RESET, pending.id, now=now, life=RESET_WAIT_ALONE)
    values = {"time": show_moment(pending.begun_at + RESET_WAIT), "link": link}
    tell(subject, "reset_agree", now=now, values=values, over=("email",))


def _days(wait: timedelta) -> list[int]:
    return [day for day in REMIND_ON_DAYS if timedelta(days=day) <= wait]


def find_soonest(pending: PendingReset) -> datetime | None:
    """Return from when a reset is ready if her e-mail address agrees; None where there is none to ask, or it has agreed."""
    soonest = pending.begun_at + RESET_WAIT
    return soonest if soonest < pending.ready_at else None


def agree_to_reset(reset_id: str, *, now: datetime) -> bool:
    """Shorten the wait, because her e-mail address agreed; False when the reset is gone. Agreeing twice changes nothing."""
    pending = db.session.scalars(select(PendingReset).where(PendingReset.id == reset_id, PendingReset.ends_at > now)).first()
    if pending is None:
        return False
    ready_at = min(pending.ready_at, max(pending.begun_at + RESET_WAIT, now))
    own = update(PendingReset).where(PendingReset.id == reset_id, PendingReset.ready_at > ready_at)
    if cast("CursorResult[Any]", db.session.execute(own.values(ready_at=ready_at, ends_at=ready_at + RESET_OPEN))).rowcount:
        record("reset.agreed", subject=get_subject(pending.account_id), actor=VISITOR, now=now)
    return True


def remind(reference: str, *, now: datetime) -> None:
    """Tell both addresses again and again that a reset runs, and at last that it is ready; nothing once it is cancelled, used or over."""
    reset_id, _, day = reference.partition(".")
    pending = db.session.scalars(select(PendingReset).filter_by(id=reset_id)).first()
    # A worker that was away for days finds several reminders due: the last of them says it all.
    if pending is not None and now < pending.ends_at and not _is_next_due(pending, day=int(day), now=now):
        template = "reset_ready" if now >= pending.ready_at else "reset_waiting"
        _tell(pending, subject=get_subject(pending.account_id), template=template, now=now)


def _is_next_due(pending: PendingReset, *, day: int, now: datetime) -> bool:
    later = [pending.begun_at + timedelta(days=one) for one in REMIND_ON_DAYS if one > day]
    return any(at <= min(now, pending.ready_at) for at in later[:1])


def is_running(reset_id: str) -> bool:
    """Whether this delayed reset can still be stopped."""
    return db.session.scalar(select(PendingReset.id).where(PendingReset.id == reset_id)) is not None


def cancel_reset(reset_id: str, *, actor: Actor, now: datetime) -> bool:
    """Stop a delayed reset; False when there is none any more."""
    pending = db.session.scalars(select(PendingReset).filter_by(id=reset_id)).first()
    if pending is None:
        return False
    subject = get_subject(pending.account_id)
    db.session.delete(pending)
    db.session.flush()
    record("reset.cancelled", subject=subject, actor=actor, now=now)
    tell(subject, "reset_cancelled", now=now, values={})
    return True


def forget(account_id: str) -> None:
    """Remove a delayed reset of an account that ends, with its reminders."""
    reset_ids = db.session.scalars(select(PendingReset.id).where(PendingReset.account_id == account_id)).all()
    outbox.drop_all(REMIND, [f"{reset_id}.{day}" for reset_id in reset_ids for day in REMIND_ON_DAYS])
    db.session.execute(delete(PendingReset).where(PendingReset.account_id == account_id))


def finish_reset(
    subject: Subject, *, password: bytes, secret: str, last_step: int, code_hashes: Sequence[bytes], actor: Actor, now: datetime
) -> None:
    """Put new factors in place of all old ones; every visit and known browser ends. Raises ResetGoneError if it was cancelled."""
    # Its row is the permission: whoever stops it and whoever finishes it at one moment can not both succeed.
    gone = delete(PendingReset).where(PendingReset.account_id == subject.id, PendingReset.ready_at <= now, PendingReset.ends_at > now)
    if cast("CursorResult[Any]", db.session.execute(gone)).rowcount != 1:
        raise ResetGoneError
    # While the browsers are still known that have counts of their own.
    forgive(subject)
    bind_factor(subject, secret=secret, last_step=last_step, now=now)
    passkeys.forget_all(subject.id)
    # Whoever had her things may have had her browser as well.
    visits.forget_devices(subject.id)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == subject.id))
    add_recovery_codes(subject, code_hashes)
    record("reset.finished", subject=subject, actor=actor, now=now)
    change_password(subject, hashed=password, but="", actor=actor, now=now)


def _tell(pending: PendingReset, *, subject: Subject, template: str, now: datetime) -> None:
    link = link_to(CANCEL_RESET, pending.id, now=now)
    tell(subject, template, now=now, values={"time": show_moment(pending.ready_at), "link": link})
