"""Signing in and out: what happens once everything asked for is proven."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from msewa.accounts.models import Account
from msewa.accounts.operations import visits
from msewa.accounts.operations.numbers import doubt_number
from msewa.accounts.operations.telling import tell
from msewa.accounts.queries import find_device, get_subject
from msewa.accounts.rules import HALF_DONE, Visit
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Kind, Subject
from msewa.outbox import operations as outbox

HALF = "accounts.half_done"


@dataclass(frozen=True, slots=True)
class Entered:
    """What the browser is given: the token of the visit, and, when it was not known yet, what its `device` cookie holds now."""

    session: str
    device: str | None


def begin_half(account_id: str, *, next_path: str, now: datetime, proved: str | None = None) -> str:
    """Begin a visit after the password alone: it may show the second factor and nothing else. Return its token.

    With `proved`, the way in which both were proven, it may wake an account that rests.
    """
    data = {"account": account_id, "next": next_path} | ({"proved": proved} if proved else {})
    visit_id, token = visits.begin(Visit.HALF, data=data, account_id=account_id, now=now)
    outbox.put(HALF, visit_id, now=now, due_at=now + HALF_DONE)
    return token


def enter(subject: Subject, *, actor: Actor, device: str | None, now: datetime, way: str, led_by: str | None = None) -> Entered:
    """Sign somebody in whose factors are proven (`way` names the second one), and end the visit that led here.

    Raises VisitOverError when that visit was ended meanwhile.
    """
    if led_by is not None:
        outbox.drop(HALF, led_by)
        visits.use_up(led_by, account_id=subject.id)
    doubt_number(subject, now=now)
    # Asked before the device is made known below.
    is_new = find_device(device, account_id=subject.id) is None
    if is_new and way != "registration":
        tell(subject, "notice_new_device", now=now)
    db.session.execute(update(Account).where(Account.id == subject.id).values(signed_in_at=now))
    record("account.signed_in", subject=subject, actor=actor, now=now, reason=way)
    given = visits.know_device(subject.id, device=device, now=now)
    return Entered(visits.enter(subject.id, now=now), given)


def leave(subject: Subject, *, session_id: str, actor: Actor, now: datetime) -> None:
    """Sign out: this visit ends, everything else stays."""
    visits.end(session_id)
    record("account.signed_out", subject=subject, actor=actor, now=now)


def report_half_done(reference: str, *, now: datetime) -> None:
    """Tell whoever's password was used that the second factor never came; the worker calls this when the time is over."""
    account_id = visits.end_half(reference)
    if account_id is not None:
        subject = get_subject(account_id)
        tell(subject, "notice_half_sign_in", now=now)
        record("account.sign_in_not_finished", subject=subject, actor=Actor(Kind.VISITOR), now=now)
