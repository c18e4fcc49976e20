"""Questions about accounts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import has_request_context
from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from msewa.accounts.models import Account, KnownDevice, Passkey, PendingReset, RecoveryCode, SignInSession, TotpFactor
from msewa.accounts.people import Person, place_of
from msewa.accounts.rules import IDLE, State, Visit, tokens_in
from msewa.crypto.blind_index import blind_index
from msewa.crypto.envelope import Place, unseal_json
from msewa.crypto.keyring import Purpose
from msewa.crypto.tokens import token_hash
from msewa.extensions import db, is_writing
from msewa.hot import HotRead
from msewa.ledger.rules import Subject, SubjectKey
from msewa.web.errors import NoSuchRowError
from msewa.web.keys import key_ring, key_wrapper


@dataclass(frozen=True, slots=True)
class Contact:
    """How to greet and reach somebody; `given` says when each of these fields was given."""

    full_name: str
    mobile: str
    email: str | None
    given: dict[str, datetime]
    language: str


@dataclass(frozen=True, slots=True)
class HeldPasskey:
    """A passkey with its public half opened (COSE), and how often it says that it was used."""

    id: str
    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit as its owner sees it."""

    id: str
    created_at: datetime
    seen_at: datetime


# Made once, on the tables and not the entities: every request of somebody signed in asks it.
_ACCOUNT, _VISIT = Account.__table__.c, SignInSession.__table__.c
WHO = HotRead(
    select(
        _ACCOUNT.id,
        _ACCOUNT.role,
        _ACCOUNT.office,
        _ACCOUNT.language,
        _VISIT.proved_at,
        _VISIT.id.label("session_id"),
        _ACCOUNT.data_key,
        _ACCOUNT.identity,
        _VISIT.seen_at,
    )
    .join_from(SignInSession.__table__, Account.__table__, _ACCOUNT.id == _VISIT.account_id)
    .where(_VISIT.token_hash == bindparam("hashed"), _VISIT.kind == Visit.FULL, _ACCOUNT.state == State.ACTIVE)
    .where(_VISIT.ends_at > bindparam("now"), _VISIT.seen_at > bindparam("idle_since"))
)


def find_person(hashed: bytes, *, now: datetime) -> tuple[Person, datetime] | None:
    """Return who is signed in by a token, and when she was last seen; None when the visit is over."""
    rows = WHO.rows(hashed=hashed, now=now, idle_since=now - IDLE)
    if not rows:
        return None
    account_id, role, office, language, proved_at, session_id, data_key, identity, seen_at = rows[0]
    return Person(account_id, role, office, language, proved_at, session_id, hashed, data_key, identity), seen_at


def over(now: datetime) -> ColumnElement[bool]:
    """Return what is true of a signed-in visit whose time is over: idle, or as long as any may be."""
    return (SignInSession.kind == Visit.FULL) & ((SignInSession.ends_at <= now) | (SignInSession.seen_at <= now - IDLE))


def find_over(hashed: bytes, *, now: datetime) -> str | None:
    """Return whose signed-in visit a token was of that is over and not removed yet; None for every other token."""
    return db.session.scalar(select(SignInSession.account_id).where(SignInSession.token_hash == hashed, over(now)))


def is_visit(hashed: bytes) -> bool:
    """Whether a token is of any visit that was not removed yet."""
    return db.session.scalar(select(SignInSession.id).where(SignInSession.token_hash == hashed)) is not None


def get_subject(account_id: str) -> SubjectKey:
    """Return an account as a ledger subject with its data key opened; NoSuchRowError when there is none.

    Whoever is about to write holds the account until the end of the transaction, so that it can't end meanwhile (F15).
    """
    chosen = select(Account.data_key).where(Account.id == account_id)
    if is_writing():
        # The worker comes back later; whoever waits at a page waits for her turn.
        chosen = chosen.with_for_update(read=True, key_share=True, nowait=not has_request_context())
    wrapped = db.session.scalar(chosen)
    if wrapped is None:
        raise NoSuchRowError
    return SubjectKey(account_id, key_wrapper().unwrap(wrapped, subject=account_id))


def get_contact(subject: Subject) -> Contact:
    """Return name and addresses of a subject; NoSuchRowError when there is none."""
    row = db.session.execute(select(Account.identity, Account.contact, Account.language).where(Account.id == subject.id)).first()
    if row is None:
        raise NoSuchRowError
    identity = unseal_json(subject.key, row.identity, place=place_of("identity", account_id=subject.id))
    contact = unseal_json(subject.key, row.contact, place=place_of("contact", account_id=subject.id))
    given = {**identity["given"], **contact["given"]}
    moments = {name: datetime.fromisoformat(at) for name, at in given.items()}
    return Contact(identity["full_name"], contact["mobile"], contact["email"], moments, row.language)


def index_of(field: str, value: str) -> bytes:
    """Return the blind index of a normalised `mobile` or `email`."""
    return blind_index(key_ring().active(Purpose.INDEX), value, table="account", field=field)


def indexes_of(field: str, value: str) -> list[bytes]:
    """Return every blind index under which a value may still be kept: while the index key is rotated, two."""
    return [blind_index(key, value, table="account", field=field) for key in key_ring().living(Purpose.INDEX)]


def find_account_id(*, mobile: str) -> str | None:
    """Return whose number this is, None when it is nobody's."""
    return _find_owner(Account.mobile_index, "mobile", mobile)


def find_by_name(name: str) -> str | None:
    """Return whose mobile number or e-mail address this is, None when it is nobody's."""
    return find_email_owner(name) if "@" in name else find_account_id(mobile=name)


def find_email_owner(email: str) -> str | None:
    """Return whose e-mail address this is, None when it is nobody's."""
    return _find_owner(Account.email_index, "email", email)


def _find_owner(column: InstrumentedAttribute[Any], field: str, value: str) -> str | None:
    tried, found = None, None
    # The keys are asked for again after each look: a rotation between the two would have hidden her.
    while tried != (living := indexes_of(field, value)):
        tried, found = living, db.session.scalar(select(Account.id).where(column.in_(living)))
    return found


def find_password(account_id: str | None) -> bytes | None:
    """Return the stored password of an account that is in use or rests; None when there is none."""
    chosen = select(Account.password).where(Account.id == account_id, Account.state.in_((State.ACTIVE, State.RESTING)))
    return db.session.scalar(chosen)


def find_device(device: str | None, *, account_id: str | None) -> bytes | None:
    """Return the mark of a browser that has signed in to the account before, found by what its cookie holds; None for a stranger's."""
    hashes = [token_hash(token) for token in tokens_in(device)]
    chosen = select(KnownDevice.token_hash).where(KnownDevice.token_hash.in_(hashes), KnownDevice.account_id == account_id)
    return db.session.scalar(chosen.limit(1)) if hashes else None


def find_known(device: str | None) -> bytes | None:
    """Return the mark of a browser that has signed in to any account before, found by what its cookie holds; None for a stranger's."""
    hashes = [token_hash(token) for token in tokens_in(device)]
    known = select(func.min(KnownDevice.token_hash)).where(KnownDevice.token_hash.in_(hashes))
    return db.session.scalar(known) if hashes else None


def is_device(hashed: bytes) -> bool:
    """Whether this is the token of a browser that has signed in to any account before."""
    return db.session.scalar(select(KnownDevice.created_at).where(KnownDevice.token_hash == hashed).limit(1)) is not None


def list_visits(account_id: str, *, now: datetime) -> list[Visited]:
    """Return the visits that are still open, the last used first."""
    chosen = (
        select(SignInSession.id, SignInSession.created_at, SignInSession.seen_at)
        .where(SignInSession.account_id == account_id, SignInSession.kind == Visit.FULL)
        .where(SignInSession.ends_at > now, SignInSession.seen_at > now - IDLE)
        .order_by(SignInSession.seen_at.desc(), SignInSession.id)
    )
    return [Visited(*row) for row in db.session.execute(chosen)]


def count_recovery_codes(account_id: str) -> int:
    """Count the recovery codes that are still good."""
    chosen = select(func.count()).select_from(RecoveryCode)
    return db.session.scalar(chosen.where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))) or 0


def get_factor_confirmed_at(account_id: str) -> datetime | None:
    """Return since when the authenticator app is in use; None when there is none."""
    return db.session.scalar(select(TotpFactor.confirmed_at).where(TotpFactor.account_id == account_id))


def list_passkeys(subject: Subject) -> list[HeldPasskey]:
    """Return the passkeys of an account, the oldest first."""
    chosen = select(Passkey).where(Passkey.account_id == subject.id).order_by(Passkey.added_at, Passkey.id)
    return [_held(row, subject=subject) for row in db.session.scalars(chosen)]


def _held(row: Passkey, *, subject: Subject) -> HeldPasskey:
    opened = unseal_json(subject.key, row.sealed, place=place_of_passkey(row.id, account_id=subject.id))
    credential_id, public_key = bytes.fromhex(opened["credential_id"]), bytes.fromhex(opened["public_key"])
    return HeldPasskey(row.id, credential_id, public_key, row.sign_count, row.added_at, row.used_at)


def place_of_passkey(passkey_id: str, *, account_id: str) -> Place:
    """Return where a passkey's sealed half belongs."""
    return Place(table="passkey", group="held", row=passkey_id, subject=account_id)


def count_passkeys(account_id: str) -> int:
    """Count the passkeys of an account."""
    return db.session.scalar(select(func.count()).where(Passkey.account_id == account_id)) or 0


def find_pending_reset(account_id: str, *, now: datetime) -> PendingReset | None:
    """Return the delayed reset that runs for this account, None when there is none."""
    return db.session.scalars(select(PendingReset).where(PendingReset.account_id == account_id, PendingReset.ends_at > now)).first()


def get_role(account_id: str) -> str:
    """Return the role of an account."""
    return db.session.scalars(select(Account.role).where(Account.id == account_id)).one()


def is_anybody(role: str) -> bool:
    """Whether any account that is in use has this role."""
    return bool(db.session.scalar(select(exists().where(Account.role == role, Account.state == State.ACTIVE))))
