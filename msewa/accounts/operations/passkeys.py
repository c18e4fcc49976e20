"""Passkeys of an account: added, used in place of the app's code, removed."""

import hmac
import secrets
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, insert, or_, update

from msewa.accounts import passkeys
from msewa.accounts.models import Passkey
from msewa.accounts.operations.telling import tell
from msewa.accounts.operations.throttling import clear
from msewa.accounts.passkeys import NewKey, PasskeyError, Site
from msewa.accounts.queries import list_passkeys, place_of_passkey
from msewa.accounts.rules import MOST_PASSKEYS
from msewa.crypto.envelope import seal_json
from msewa.crypto.framing import framed
from msewa.crypto.keyring import Purpose, derive
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.web.keys import key_ring


class TooManyPasskeysError(Exception):
    """An account has as many passkeys as one may have."""


def challenge_for(use: str, *, token: str) -> bytes:
    """Return what a browser must sign for one `use` in the visit of this token; another token, another challenge.

    Nothing is stored: a visit's token changes when a passkey was accepted, so that no answer is good twice.
    """
    return hmac.digest(derive(key_ring().active(Purpose.INDEX), "passkey"), framed(use, token), "sha256")


def user_of(account_id: str) -> bytes:
    """Return the name under which a device files an account's passkey: not its id, so that no device tells that (P61)."""
    return hmac.digest(derive(key_ring().active(Purpose.INDEX), "passkey"), framed("user", account_id), "sha256")


def add(subject: Subject, new: NewKey, *, actor: Actor, now: datetime) -> None:
    """Keep a passkey that was just made; one that is kept already stays as it is. Raises TooManyPasskeysError."""
    known = list_passkeys(subject)
    if any(one.credential_id == new.credential_id for one in known):
        return
    if len(known) >= MOST_PASSKEYS:
        raise TooManyPasskeysError
    passkey_id = secrets.token_hex(16)
    held = {"credential_id": new.credential_id.hex(), "public_key": new.public_key.hex()}
    sealed = seal_json(subject.key, held, place=place_of_passkey(passkey_id, account_id=subject.id))
    row = {"id": passkey_id, "account_id": subject.id, "sealed": sealed, "sign_count": new.sign_count, "added_at": now}
    db.session.execute(insert(Passkey).values(**row))
    record("passkey.added", subject=subject, actor=actor, now=now)
    tell(subject, "notice_passkey_added", now=now)


def remove(subject: Subject, passkey_id: str, *, actor: Actor, now: datetime) -> None:
    """Take a passkey away; one that is not hers is as good as none."""
    own = delete(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == subject.id)
    if cast("CursorResult[Any]", db.session.execute(own)).rowcount == 1:
        record("passkey.removed", subject=subject, actor=actor, now=now)
        tell(subject, "notice_passkey_removed", now=now)


def forget_all(account_id: str) -> None:
    """Take every passkey away: the device that held them may be in other hands."""
    db.session.execute(delete(Passkey).where(Passkey.account_id == account_id))


def accept(subject: Subject, answer: str, *, site: Site, challenge: bytes, bucket: bytes, now: datetime) -> bool:
    """Whether a browser has proven one of her passkeys; its count of uses only ever moves forward, in one guarded UPDATE."""
    try:
        credential_id = passkeys.credential_of(answer)
        held = next((one for one in list_passkeys(subject) if one.credential_id == credential_id), None)
        if held is None:
            return False
        count = passkeys.check(answer, site=site, challenge=challenge, public_key=held.public_key, sign_count=held.sign_count)
    except PasskeyError:
        return False
    # Passkeys that live on several devices don't count: theirs stays at nought.
    own = update(Passkey).where(Passkey.id == held.id, or_(Passkey.sign_count < count, (Passkey.sign_count == 0) & (count == 0)))
    if cast("CursorResult[Any]", db.session.execute(own.values(sign_count=count, used_at=now))).rowcount != 1:
        return False
    clear(bucket)
    return True
