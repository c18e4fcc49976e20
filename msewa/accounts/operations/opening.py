"""Opening an account: everything at once, when everything is proven."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msewa.accounts.models import Account, RecoveryCode, TotpFactor
from msewa.accounts.operations.forgetting import forgive
from msewa.accounts.operations.hashing import hash_codes, hash_password
from msewa.accounts.operations.numbers import release_number
from msewa.accounts.people import place_of
from msewa.accounts.queries import index_of
from msewa.accounts.rules import Role, State
from msewa.crypto.blind_index import normalise_email, normalise_mobile
from msewa.crypto.envelope import Place, seal, seal_json
from msewa.crypto.wrapping import new_data_key
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Kind, Subject, SubjectKey
from msewa.web.keys import key_wrapper


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice somebody said yes to: its version, the language it was read in, and the SHA-256 of its words."""

    version: str
    language: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """All that an account begins with; the mobile number and e-mail address are normalised and proven."""

    id: str
    full_name: str
    mobile: str
    password: bytes = field(repr=False)
    totp_secret: str = field(repr=False)
    recovery_hashes: Sequence[bytes] = field(repr=False)
    language: str
    role: Role = Role.CITIZEN
    office: str | None = None
    email: str | None = None
    last_step: int = 0
    notice: Notice | None = None


def new_account_id() -> str:
    """Make a random id: no part of it comes from the person, so nobody can be traced over two accounts (P61)."""
    return secrets.token_hex(16)


def create_account(
    *,
    full_name: str,
    mobile: str,
    password: str,
    totp_secret: str,
    role: str,
    office: str | None,
    language: str,
    now: datetime,
    recovery_codes: Sequence[str] = (),
    email: str | None = None,
) -> SubjectKey:
    """Make a ready account without its owner's steps, for people that a command seeds; IntegrityError for a number in use."""
    account_id = new_account_id()
    opening = Opening(
        id=account_id,
        full_name=full_name,
        mobile=normalise_mobile(mobile),
        password=hash_password(password, account_id=account_id),
        totp_secret=totp_secret,
        recovery_hashes=hash_codes(recovery_codes, account_id=account_id),
        language=language,
        role=Role(role),
        office=office,
        email=normalise_email(email) if email else None,
    )
    return open_account(opening, now=now)


def open_account(opening: Opening, *, now: datetime) -> SubjectKey:
    """Store an account with its factors and first ledger entry; IntegrityError when the number was taken meanwhile."""
    subject = SubjectKey(opening.id, new_data_key())
    release_number(opening.mobile, now=now, to=opening.id)
    db.session.add(_account(opening, subject=subject, now=now))
    db.session.flush()
    # What was tried at the number while it was nobody's must not shut its owner out.
    forgive(subject)
    bind_factor(subject, secret=opening.totp_secret, last_step=opening.last_step, now=now)
    add_recovery_codes(subject, opening.recovery_hashes)
    version = opening.notice.version if opening.notice else ""
    actor = Actor(Kind(opening.role), opening.id, opening.office or "")
    record("account.registered", subject=subject, actor=actor, now=now, fields=("full_name", "mobile"), reason=version)
    return subject


def _account(opening: Opening, *, subject: SubjectKey, now: datetime) -> Account:
    notice = opening.notice
    return Account(
        id=opening.id,
        role=opening.role,
        office=opening.office,
        state=State.ACTIVE,
        data_key=key_wrapper().wrap(subject.key, subject=opening.id),
        mobile_index=index_of("mobile", opening.mobile),
        email_index=index_of("email", opening.email) if opening.email else None,
        identity=sealed_identity(subject, opening.full_name, now=now),
        contact=_sealed_contact(subject, opening, now=now),
        password=opening.password,
        language=opening.language,
        notice_version=notice.version if notice else None,
        notice_language=notice.language if notice else None,
        notice_digest=notice.digest if notice else None,
        created_at=now,
        signed_in_at=now,
    )


def sealed_identity(subject: Subject, full_name: str, *, now: datetime) -> bytes:
    """Return the sealed identity of an account: the name, and when it was given."""
    identity = {"full_name": full_name, "given": {"full_name": now.isoformat()}}
    return seal_json(subject.key, identity, place=place_of("identity", account_id=subject.id))


def _sealed_contact(subject: Subject, opening: Opening, *, now: datetime) -> bytes:
    given = {"mobile": now.isoformat()} | ({"email": now.isoformat()} if opening.email else {})
    contact = {"mobile": opening.mobile, "email": opening.email, "given": given}
    return seal_json(subject.key, contact, place=place_of("contact", account_id=subject.id))


def bind_factor(subject: Subject, *, secret: str, last_step: int, now: datetime) -> None:
    """Bind an authenticator app in place of an earlier one; `last_step` is that of the code that confirmed it."""
    earlier = db.session.get(TotpFactor, subject.id)
    if earlier is not None:
        db.session.delete(earlier)
        db.session.flush()
    sealed = seal(subject.key, secret.encode(), place=place_of_factor(subject.id))
    db.session.add(TotpFactor(account_id=subject.id, secret=sealed, last_step=last_step, failures=0, confirmed_at=now))
    db.session.flush()


def place_of_factor(account_id: str) -> Place:
    """Return where an authenticator's sealed secret belongs."""
    return Place(table="totp_factor", group="secret", row=account_id, subject=account_id)


def add_recovery_codes(subject: Subject, hashes: Sequence[bytes]) -> None:
    """Store recovery codes, hashed by `hash_codes`."""
    for hashed in hashes:
        db.session.add(RecoveryCode(id=secrets.token_hex(16), account_id=subject.id, hashed=hashed))
    db.session.flush()
