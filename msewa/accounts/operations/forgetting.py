"""Forgetting what is kept under a person's addresses rather than under her account: counted tries, and ways in that were begun."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import delete, select

from msewa.accounts.models import KnownDevice, SignInSession, Throttle
from msewa.accounts.operations.throttling import bucket_of
from msewa.accounts.operations.visits import data_of, marks_of
from msewa.accounts.queries import Contact, find_account_id, get_contact
from msewa.accounts.rules import Visit
from msewa.accounts.standing import one_at_a_time
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.notifications.rules import CHANNELS

STRANGERS = "strangers"


def forget_tries(account_id: str, *, contact: Contact) -> None:
    """Forget the wrong tries at an account, its number and its mail address; whoever calls holds the account."""
    hashes = db.session.scalars(select(KnownDevice.token_hash).where(KnownDevice.account_id == account_id))
    devices = (STRANGERS, *(hashed.hex() for hashed in hashes))
    names = (account_id, *addresses_in(contact))
    # One kind after the other, in the order in which a sign-in takes them: two that held each other's would wait for ever.
    for purpose in ("password", "either name", "paper", "own password", "factor", "passkey"):
        buckets = [bucket_of(purpose, name, device) for name in names for device in devices]
        db.session.execute(delete(Throttle).where(Throttle.bucket.in_(buckets)))


def forgive(subject: Subject) -> None:
    """Forget the wrong tries at what guards an account and is about to be put in place anew: they must not shut its owner out."""
    one_at_a_time(subject.id)
    forget_tries(subject.id, contact=contact_of(subject))


def contact_of(subject: Subject) -> Contact:
    """Return her addresses; with a number that has a new holder by now she has nothing in common any more."""
    contact = get_contact(subject)
    return contact if find_account_id(mobile=contact.mobile) == subject.id else replace(contact, mobile=subject.id)


def forget_sent(names: Iterable[str]) -> None:
    """Forget how many codes went of late to these addresses, or were sent to others for these accounts."""
    names = tuple(names)
    buckets = [bucket_of("send", channel, name) for channel in CHANNELS for name in names]
    db.session.execute(delete(Throttle).where(Throttle.bucket.in_(buckets)))


def forget_begun(contact: Contact) -> None:
    """Forget the ways in that were begun with her number and not finished, and of which nothing is proven: no account is named on them.

    Who has proved the number since she gave it, while this account did not keep it, is on the way to another account, and goes on.
    """
    hers = (SignInSession.mobile_index.in_(marks_of(contact.mobile)), SignInSession.account_id.is_(None))
    db.session.execute(delete(SignInSession).where(*hers, SignInSession.kind == Visit.RECOVER))
    # Only these are opened, of which there are as many as codes were sent to her number.
    begun = select(SignInSession.id, SignInSession.data_key, SignInSession.sealed, SignInSession.created_at).where(*hers)
    for row in db.session.execute(begun).all():
        if "verified" not in data_of(row.id, row.data_key or b"", row.sealed or b"") or row.created_at <= contact.given["mobile"]:
            db.session.execute(delete(SignInSession).where(SignInSession.id == row.id))


def addresses_in(contact: Contact) -> Iterable[str]:
    """Return the addresses that she signs in with, and that messages to her carry."""
    return [contact.mobile, contact.email] if contact.email else [contact.mobile]
