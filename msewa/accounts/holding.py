"""An account and what happens in it, for its owner's download, the seal and the erasure. Secrets are never gathered, only ended."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from msewa.accounts.models import Account, KnownDevice, Passkey, PendingReset, RecoveryCode, SignInSession, TotpFactor
from msewa.accounts.operations import entering, resets, resting
from msewa.accounts.operations.forgetting import addresses_in, contact_of, forget_begun, forget_sent, forget_tries
from msewa.accounts.operations.left import forget_left, list_left
from msewa.accounts.queries import get_contact, get_factor_confirmed_at, get_subject, list_passkeys
from msewa.extensions import db
from msewa.holdings import Holding
from msewa.ledger.rules import Subject
from msewa.notifications.operations import forget_addressed
from msewa.outbox import operations as outbox


def gather(subject: Subject) -> dict[str, Any]:
    """Return who she is to us, how we reach her, and since when."""
    contact = get_contact(subject)
    columns = (Account.language, Account.notice_version, Account.notice_language, Account.notice_digest, Account.created_at)
    row = db.session.execute(select(*columns, Account.signed_in_at).where(Account.id == subject.id)).one()
    codes = db.session.scalars(select(RecoveryCode.used_at).where(RecoveryCode.account_id == subject.id).order_by(RecoveryCode.id))
    return {
        "id": subject.id,
        "full_name": contact.full_name,
        "mobile": contact.mobile,
        "email": contact.email,
        "given": {name: at.isoformat() for name, at in contact.given.items()},
        "language": row.language,
        "notice": {
            "version": row.notice_version,
            "language": row.notice_language,
            "digest": row.notice_digest.hex() if row.notice_digest else None,
        },
        "registered_at": row.created_at.isoformat(),
        "signed_in_at": row.signed_in_at.isoformat(),
        "code_app_since": _text(get_factor_confirmed_at(subject.id)),
        "passkeys": [{"added_at": one.added_at.isoformat(), "used_at": _text(one.used_at)} for one in list_passkeys(subject)],
        "paper_keys_used_at": [_text(at) for at in codes],
    }


def erase(account_id: str) -> None:
    """Remove the account, its factors, and its data key: what was sealed under that key is noise from now on."""
    for model in (TotpFactor, Passkey, RecoveryCode):
        db.session.execute(delete(model).where(model.account_id == account_id))
    db.session.execute(delete(Account).where(Account.id == account_id))


def gather_activity(subject: Subject) -> dict[str, Any]:
    """Return open visits, the browsers that are known, and a way back in that was begun."""
    columns = (SignInSession.created_at, SignInSession.seen_at, SignInSession.ends_at, SignInSession.proved_at)
    visits = select(*columns).where(SignInSession.account_id == subject.id)
    known = select(KnownDevice.created_at).where(KnownDevice.account_id == subject.id).order_by(KnownDevice.created_at)
    begun = select(PendingReset.begun_at, PendingReset.ready_at, PendingReset.ends_at).where(PendingReset.account_id == subject.id)
    return {
        "visits": [
            {
                "began_at": row.created_at.isoformat(),
                "used_at": row.seen_at.isoformat(),
                "ends_at": row.ends_at.isoformat(),
                "proved_at": _text(row.proved_at),
            }
            for row in db.session.execute(visits.order_by(SignInSession.created_at, SignInSession.id))
        ],
        "browsers_known_since": [at.isoformat() for at in db.session.scalars(known)],
        "new_keys_asked": [
            {"at": row.begun_at.isoformat(), "ready_at": row.ready_at.isoformat(), "ends_at": row.ends_at.isoformat()}
            for row in db.session.execute(begun)
        ],
        "left_addresses": list(list_left(subject)),
    }


def erase_activity(account_id: str) -> None:
    """End every visit, forget every browser, every count and every code on its way to her."""
    contact = contact_of(get_subject(account_id))
    # Every count that was kept for her addresses: both are free at once (P59).
    forget_tries(account_id, contact=contact)
    forget_sent([account_id, *addresses_in(contact)])
    forget_begun(contact)
    forget_addressed(addresses_in(contact))
    visits = select(SignInSession.id).where(SignInSession.account_id == account_id)
    outbox.drop_all(entering.HALF, db.session.scalars(visits))
    resting.forget_ends(account_id)
    resets.forget(account_id)
    forget_left(account_id)
    for model in (SignInSession, KnownDevice):  # codes that were sent go with their visit
        db.session.execute(delete(model).where(model.account_id == account_id))


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


HOLDING = Holding(section="account", tables=("account", "totp_factor", "passkey", "recovery_code"), gather=gather, erase=erase)
ACTIVITY = Holding(
    section="activity",
    tables=("sign_in_session", "sent_code", "known_device", "pending_reset", "left_address"),
    gather=gather_activity,
    erase=erase_activity,
)
