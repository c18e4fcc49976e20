"""Numbers that change hands: the regulator's list of disconnected ones, and a new holder who registers (P66)."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update

from msewa.accounts.models import Account, PendingReset
from msewa.accounts.operations.telling import tell
from msewa.accounts.operations.visits import end_recoveries
from msewa.accounts.queries import find_account_id, get_contact, get_subject, indexes_of
from msewa.accounts.rules import DORMANT_AFTER
from msewa.crypto.blind_index import normalise_mobile
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import SYSTEM, Subject
from msewa.notifications.rules import EVERYTHING
from msewa.notifications.suppressing import list_suppressions, suppress

GONE = "revoked_number"


def revoke_numbers(lines: Iterable[str], *, now: datetime) -> Iterator[bool | None]:
    """Note every number of a list that is somebody's; yield True for one noted, False for nobody's, None for what is no number."""
    for line in lines:
        try:
            mobile = normalise_mobile(line.strip())
        except ValueError:
            yield None
            continue
        account_id = find_account_id(mobile=mobile)
        # The lists come again and again; who was told is not told once more.
        if account_id is not None and not is_number_gone(account_id):
            _let_go(account_id, act="number.revoked", template="number_gone", now=now)
        yield account_id is not None


def is_number_gone(account_id: str) -> bool:
    """Whether the number of this account is known to have been given up; she is asked to put in another, or to leave."""
    return any(line.reason == GONE for line in list_suppressions(account_id))


def is_kept(mobile: str, *, now: datetime) -> bool:
    """Whether a number belongs to an account that keeps it, whoever proves it."""
    account_id = find_account_id(mobile=mobile)
    return account_id is not None and not may_be_taken_over(account_id, now=now)


def is_reached(account_id: str) -> bool:
    """Whether a message to this account goes to anybody: a number that was given up takes none."""
    return not is_number_gone(account_id) or get_contact(get_subject(account_id)).email is not None


def may_be_taken_over(account_id: str, *, now: datetime) -> bool:
    """Whether whoever proves this account's number now may be a new holder: it was given up, or nobody came for 90 days."""
    seen_at = db.session.scalar(select(Account.signed_in_at).where(Account.id == account_id))
    return is_number_gone(account_id) or (seen_at is not None and now - seen_at >= DORMANT_AFTER)


def doubt_number(subject: Subject, *, now: datetime) -> None:
    """Send nothing to the number of somebody who comes back after long, until its code reaches her: it may be a stranger's by now."""
    if may_be_taken_over(subject.id, now=now) and not is_number_gone(subject.id):
        suppress(subject.id, channel="sms", topic=EVERYTHING, reason=GONE, now=now)
        record("number.doubted", subject=subject, actor=SYSTEM, now=now)


def release_number(mobile: str, *, now: datetime, to: str) -> None:
    """Take a number that `to` has proven away from the account that had it before: the number now belongs to somebody else.

    The account itself stays as it is, and shut: its holder comes in by her e-mail address, and the new one gets nothing of it.
    """
    account_id = find_account_id(mobile=mobile)
    if account_id in (None, to) or not may_be_taken_over(account_id, now=now):
        return
    # Only while she still has it: meanwhile she may have left, or moved to another.
    hers = update(Account).where(Account.id == account_id, Account.mobile_index.in_(indexes_of("mobile", mobile)))
    # Random, so that it is found under no number at all.
    if cast("CursorResult[Any]", db.session.execute(hers.values(mobile_index=secrets.token_bytes(32)))).rowcount:
        _let_go(account_id, act="number.taken_over", template="number_taken_over", now=now)


def _let_go(account_id: str, *, act: str, template: str, now: datetime) -> None:
    subject = get_subject(account_id)
    # First the list, so that not even this is sent to a phone that may be a stranger's by now.
    suppress(account_id, channel="sms", topic=EVERYTHING, reason=GONE, now=now)
    # A way back in that was begun with this number would end with whoever has it now.
    db.session.execute(delete(PendingReset).where(PendingReset.account_id == account_id))
    end_recoveries(account_id)
    record(act, subject=subject, actor=SYSTEM, now=now)
    tell(subject, template, now=now, values={}, over=("email",))
