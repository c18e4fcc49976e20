"""Proving who one is: password, authenticator code, recovery code. Each try is counted before it is made."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from msewa.accounts.factors import matching_step
from msewa.accounts.models import Account, RecoveryCode, TotpFactor
from msewa.accounts.operations.forgetting import STRANGERS
from msewa.accounts.operations.hashing import hash_password, is_outdated, verify_code, verify_password
from msewa.accounts.operations.opening import place_of_factor
from msewa.accounts.operations.throttling import TooManyTriesError, bucket_of, clear, take_try
from msewa.accounts.queries import find_by_name, find_device, find_password, get_subject
from msewa.accounts.rules import MOST_FAILURES, RECOVERY_CODES
from msewa.accounts.standing import one_at_a_time
from msewa.crypto.envelope import unseal
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.web import form_keys


@dataclass(frozen=True, slots=True)
class PasswordTry:
    """A counted try of a password, to be checked with no transaction open: that takes long on purpose."""

    account_id: str | None
    stored: bytes | None = field(repr=False)
    buckets: tuple[bytes, ...]

    def is_right(self, password: str) -> bool:
        """Whether the password is right; a number without an account takes as long and never is."""
        return verify_password(password, self.stored, account_id=self.account_id)


@dataclass(frozen=True, slots=True)
class PaperTry:
    """A counted try of a recovery code, to be checked with no transaction open."""

    account_id: str
    stored: list[tuple[str, bytes | None]] = field(repr=False)
    bucket: bytes

    def find(self, code: str) -> str | None:
        """Return the id of the recovery code that was typed; always tries as many as somebody with all of them has."""
        found = [code_id for code_id, hashed in self.stored if verify_code(code, hashed, account_id=self.account_id)]
        return found[0] if found else None


def try_password(name: str, *, device: str | None, now: datetime) -> PasswordTry:
    """Count a try of the password of a number (+91 and ten digits) or e-mail address; TooManyTriesError when it must wait."""
    account_id = find_by_name(name)
    place = _device_of(account_id, device=device)
    by_name, by_account = bucket_of("password", name, place), bucket_of("either name", account_id or name, place)
    take_try(by_name, now=now)
    stored = find_password(account_id)
    try:
        take_try(by_account, now=now)
    except TooManyTriesError:
        if place != STRANGERS:
            raise
        # Her number and her address have their tries in common, and it is not said: two names that wait together are one person's.
        stored = None
    return PasswordTry(account_id, stored, (by_name, by_account))


def try_own_password(account_id: str, *, device: str | None, now: datetime) -> PasswordTry:
    """Count a try of the password of somebody signed in."""
    bucket = bucket_of("own password", account_id, _device_of(account_id, device=device))
    take_try(bucket, now=now)
    return PasswordTry(account_id, find_password(account_id), (bucket,))


def new_hash_if_outdated(attempt: PasswordTry, password: str) -> bytes | None:
    """Return a fresh hash of a right password where cost or pepper have changed since, else None; takes long."""
    if attempt.account_id is None or attempt.stored is None or not is_outdated(attempt.stored, account_id=attempt.account_id):
        return None
    return hash_password(password, account_id=attempt.account_id)


def settle_password(attempt: PasswordTry, *, renewed: bytes | None = None) -> bool:
    """Forget the tries of a password that was right, and keep its fresh hash; False when it was changed while it was checked (F15)."""
    # The account before its counts, here and below: so does whoever ends it, and who took them the other way round would wait for ever.
    one_at_a_time(attempt.account_id or "")
    for bucket in attempt.buckets:
        clear(bucket)
    if find_password(attempt.account_id) != attempt.stored:
        return False
    if renewed is not None:
        db.session.execute(update(Account).where(Account.id == attempt.account_id).values(password=renewed))
    return True


def try_factor(account_id: str, *, device: str | None, now: datetime) -> bytes:
    """Count a try of the second factor; return its bucket. TooManyTriesError when it must wait or is spent."""
    one_at_a_time(account_id)
    failures = db.session.scalar(select(TotpFactor.failures).where(TotpFactor.account_id == account_id))
    # Counted for the account as well as for the device: whoever has many devices has no more tries of six digits.
    if failures is None or failures >= MOST_FAILURES:
        raise TooManyTriesError(None)
    bucket = bucket_of("factor", account_id, _device_of(account_id, device=device))
    take_try(bucket, now=now)
    return bucket


def try_passkey(account_id: str, *, device: str | None, now: datetime) -> bytes:
    """Count a try of a passkey; return its bucket. TooManyTriesError when it must wait."""
    one_at_a_time(account_id)
    bucket = bucket_of("passkey", account_id, _device_of(account_id, device=device))
    take_try(bucket, now=now)
    return bucket


def accept_totp(subject: Subject, code: str, *, bucket: bytes, now: datetime) -> bool:
    """Whether an authenticator code is right and newer than the last; the step moves forward in one guarded UPDATE."""
    sealed = db.session.scalar(select(TotpFactor.secret).where(TotpFactor.account_id == subject.id))
    if sealed is None:
        return False
    secret = unseal(subject.key, sealed, place=place_of_factor(subject.id)).decode()
    step = matching_step(code, secret=secret, now=now)
    own = update(TotpFactor).where(TotpFactor.account_id == subject.id)
    # A code that was read over her shoulder is used up by her own sign-in (RFC 6238, section 5.2).
    if step is not None and _changed(own.where(TotpFactor.last_step < step).values(last_step=step, failures=0)):
        clear(bucket)
        return True
    if not form_keys.is_same_try():
        db.session.execute(own.values(failures=TotpFactor.failures + 1))
    return False


def try_paper(account_id: str | None, *, counted_for: str, device: str | None, now: datetime) -> PaperTry:
    """Count a try of a recovery code, `counted_for` a number or an account; without an account it looks the same.

    Raises TooManyTriesError when it must wait.
    """
    owner = account_id or ""
    bucket = bucket_of("paper", counted_for, _device_of(account_id, device=device))
    take_try(bucket, now=now)
    chosen = select(RecoveryCode.id, RecoveryCode.hashed).where(RecoveryCode.account_id == owner, RecoveryCode.used_at.is_(None))
    stored: list[tuple[str, bytes | None]] = [(row.id, row.hashed) for row in db.session.execute(chosen.order_by(RecoveryCode.id))]
    # Filled up: how long it takes must not tell how many are left, or whether there is an account.
    return PaperTry(owner, stored + [("", None)] * (RECOVERY_CODES - len(stored)), bucket)


def use_paper(attempt: PaperTry, code_id: str, *, now: datetime) -> bool:
    """Use a recovery code up; False when somebody else has just done so."""
    one_at_a_time(attempt.account_id)
    unused = update(RecoveryCode).where(RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None))
    clear(attempt.bucket)
    return _changed(unused.values(used_at=now))


def subject_of(attempt: PasswordTry) -> Subject:
    """Return whose password was right."""
    return get_subject(attempt.account_id or "")


def _device_of(account_id: str | None, *, device: str | None) -> str:
    """Return the name of a device's own bucket: strangers share one, so that they can't lock out a browser she has used before."""
    known = find_device(device, account_id=account_id)
    return known.hex() if known else STRANGERS


def _changed(statement: Any) -> bool:
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1
