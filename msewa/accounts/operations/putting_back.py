"""Putting back the number or e-mail address that somebody changed, by the link in the message that went to the earlier one alone."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from msewa.accounts.links import BACK, NOT_ME, read_link
from msewa.accounts.models import Account
from msewa.accounts.operations.left import find_left, forget_left, keep_left
from msewa.accounts.operations.securing import list_reached, lock_out, move_to
from msewa.accounts.operations.telling import addresses_of, tell, tell_put_out
from msewa.accounts.queries import find_by_name, get_subject
from msewa.crypto.tokens import ExpiredLinkError, LinkError
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import VISITOR, Subject

# No hash: no password opens it, and trying one takes as long as ever.
NO_PASSWORD = b""


class NothingLeftError(Exception):
    """There is nothing to put back: it was put back before, or she came back to it by herself."""


class NotMe(NamedTuple):
    """What a "this was not me" link is about: an account, and the field that it puts back, if any."""

    account_id: str
    field: str | None


def read_not_me(token: str, *, now: datetime) -> NotMe:
    """Return what a link is about; raises LinkError, ExpiredLinkError."""
    for field, purpose in BACK.items():
        try:
            return NotMe(read_link(token, purpose=purpose, now=now), field)
        except ExpiredLinkError:
            raise
        except LinkError:
            continue
    return NotMe(read_link(token, purpose=NOT_ME, now=now), None)


def put_back(account_id: str, *, field: str, now: datetime) -> bool:
    """Shut everybody out and reach her at her earlier `mobile` or `email` again; False when that belongs to another account by now.

    Her password goes as well: nobody changes an address without it, so that whoever did this knows it. Raises NothingLeftError.
    """
    # Alone from the start: two presses that shared the row would wait for each other when it comes to what she is found by.
    db.session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    subject = get_subject(account_id)
    value = find_left(subject, field=field, now=now)
    if value is None:
        raise NothingLeftError
    forget_left(account_id, field=field)
    lock_out(subject, now=now)
    # A new holder keeps what he has proven (P66).
    if find_by_name(value) is not None:
        # Nothing to put back from now on, and still no link for whoever she leaves next.
        keep_left(subject, field=field, value=None, to=value, now=now)
        return False
    _move_back(subject, field=field, value=value, now=now)
    return True


def _move_back(subject: Subject, *, field: str, value: str, now: datetime) -> None:
    before = list_reached(subject)
    move_to(subject, field=field, value=value, now=now)
    db.session.execute(update(Account).where(Account.id == subject.id).values(password=NO_PASSWORD))
    record("contact.put_back", subject=subject, actor=VISITOR, now=now, fields=(field,))
    tell(subject, f"notice_{field}", now=now)
    # Whoever had put it there is told, and gets no link: with one he could go on as he began.
    for address in set(before) - set(addresses_of(subject)):
        tell_put_out(subject, address, now=now)
