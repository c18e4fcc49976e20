"""Changing what guards an account, or where it reaches its owner; every old and new address is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update

from msewa.accounts.models import Account, PendingReset, RecoveryCode
from msewa.accounts.operations import passkeys, visits
from msewa.accounts.operations.forgetting import addresses_in, contact_of, forget_begun, forget_sent, forget_tries, forgive
from msewa.accounts.operations.left import keep_left
from msewa.accounts.operations.numbers import GONE, is_number_gone, release_number
from msewa.accounts.operations.opening import add_recovery_codes, bind_factor
from msewa.accounts.operations.telling import Address, addresses_of, tell, tell_left
from msewa.accounts.people import place_of
from msewa.accounts.queries import index_of
from msewa.crypto.envelope import seal_json, unseal_json
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import VISITOR, Actor, Subject
from msewa.notifications.rules import Channel
from msewa.notifications.suppressing import lift

CHANNEL_OF: dict[str, Channel] = {"mobile": "sms", "email": "email"}


def change_password(subject: Subject, *, hashed: bytes, but: str, actor: Actor, now: datetime) -> None:
    """Put a new password in place of the old one, and end every visit but this one."""
    forgive(subject)
    db.session.execute(update(Account).where(Account.id == subject.id).values(password=hashed))
    _end_ways_in(subject, but=but, actor=actor, now=now)
    record("password.changed", subject=subject, actor=actor, now=now)
    tell(subject, "notice_password", now=now)


def change_factor(subject: Subject, *, secret: str, last_step: int, but: str, actor: Actor, now: datetime) -> None:
    """Bind a new authenticator app in place of the old one, and end every visit but this one."""
    forgive(subject)
    bind_factor(subject, secret=secret, last_step=last_step, now=now)
    _end_ways_in(subject, but=but, actor=actor, now=now)
    record("factor.changed", subject=subject, actor=actor, now=now)
    tell(subject, "notice_factor", now=now)


def renew_codes(subject: Subject, *, hashes: Sequence[bytes], actor: Actor, now: datetime) -> None:
    """Put fresh recovery codes in place of all old ones."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == subject.id))
    add_recovery_codes(subject, hashes)
    visits.end_recoveries(subject.id)
    record("recovery_codes.renewed", subject=subject, actor=actor, now=now)
    tell(subject, "notice_recovery_codes", now=now)


def change_address(subject: Subject, *, field: str, value: str, actor: Actor, now: datetime) -> None:
    """Put a proven `mobile` or `email` in place of the old one; IntegrityError when somebody else has it by now."""
    before = list_reached(subject)
    leaves = [address for address in before if address[0] == CHANNEL_OF[field]]
    can_go_back = leaves if keep_left(subject, field=field, value=leaves[0][1] if leaves else None, to=value, now=now) else []
    move_to(subject, field=field, value=value, now=now)
    record("contact.changed", subject=subject, actor=actor, now=now, fields=(field,))
    tell(subject, f"notice_{field}", now=now, also=[address for address in before if address not in can_go_back])
    for address in can_go_back:
        tell_left(subject, address, field=field, now=now)


def list_reached(subject: Subject) -> list[Address]:
    """Return the addresses of an account that are surely hers: a number that may be a stranger's by now is told nothing."""
    return [address for address in addresses_of(subject) if address[0] == "email" or not is_number_gone(subject.id)]


def move_to(subject: Subject, *, field: str, value: str, now: datetime) -> None:
    """Reach her at another `mobile` or `email` from now on, and forget what was counted and begun at the one before."""
    left = contact_of(subject)
    sealed = db.session.scalars(select(Account.contact).where(Account.id == subject.id)).one()
    place = place_of("contact", account_id=subject.id)
    contact: dict[str, Any] = unseal_json(subject.key, sealed, place=place)
    contact |= {field: value, "given": contact["given"] | {field: now.isoformat()}}
    if field == "mobile":
        release_number(value, now=now, to=subject.id)
    values = {"contact": seal_json(subject.key, contact, place=place), f"{field}_index": index_of(field, value)}
    db.session.execute(update(Account).where(Account.id == subject.id).values(**values))
    # Whoever leaves later is looked for under the addresses of that day alone; tries at the new one were made while it was nobody's.
    forget_tries(subject.id, contact=left)
    forget_sent(addresses_in(left))
    forgive(subject)
    if field == "mobile":
        lift(subject.id, reason=GONE)
        visits.end_recoveries(subject.id)
        forget_begun(left)


def _end_ways_in(subject: Subject, *, but: str, actor: Actor, now: datetime) -> None:
    """End what was begun with the old keys: every visit at whatever step, but this one, and a way back in that waits."""
    visits.end_all(subject.id, but=but)
    waits = delete(PendingReset).where(PendingReset.account_id == subject.id, PendingReset.ends_at > now)
    if cast("CursorResult[Any]", db.session.execute(waits)).rowcount:
        record("reset.cancelled", subject=subject, actor=actor, now=now)


def change_language(subject: Subject, *, language: str, actor: Actor, now: datetime) -> None:
    """Write to her in another language from now on."""
    db.session.execute(update(Account).where(Account.id == subject.id).values(language=language))
    record("language.changed", subject=subject, actor=actor, now=now)


def end_visit(subject: Subject, *, session_id: str, actor: Actor, now: datetime) -> None:
    """End one of her own visits."""
    visits.end(session_id, account_id=subject.id)
    record("session.ended", subject=subject, actor=actor, now=now)


def end_other_visits(subject: Subject, *, but: str, actor: Actor, now: datetime) -> None:
    """End every visit but this one."""
    visits.end_all(subject.id, but=but)
    record("session.ended", subject=subject, actor=actor, now=now, reason="all others")


def lock_out(subject: Subject, *, now: datetime) -> None:
    """Answer "this was not me": end every visit, take every passkey away, make every browser a stranger, stop a delayed reset."""
    visits.end_all(subject.id)
    visits.forget_devices(subject.id)
    passkeys.forget_all(subject.id)
    db.session.execute(delete(PendingReset).where(PendingReset.account_id == subject.id))
    record("account.locked_out", subject=subject, actor=VISITOR, now=now)
