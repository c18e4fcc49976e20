"""Codes of six digits that prove a phone or a mailbox: for one visit, one purpose, one use."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, update

from msewa.accounts.models import SentCode
from msewa.accounts.operations.throttling import bucket_of, take_try
from msewa.accounts.rules import CODE_LIFE, CODE_TRIES, FORGET_SENDING_AFTER
from msewa.crypto.framing import framed
from msewa.crypto.keyring import Purpose, derive
from msewa.extensions import db
from msewa.notifications.operations import send
from msewa.notifications.rules import Channel
from msewa.web import form_keys
from msewa.web.keys import key_ring


class CodeSpentError(Exception):
    """The code is over: too old, tried too often, or used."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Where a code goes, in which language, and under which message, which is also its purpose."""

    to: str
    channel: Channel
    language: str
    purpose: str


def send_code(visit_id: str, errand: Errand, *, now: datetime, instead: str | None = None) -> None:
    """Send a code for a visit; with `instead`, send that message and no code, and leave the page unable to tell.

    Raises TooManyTriesError when the address got too many of late.
    """
    take_try(bucket_of("send", errand.channel, errand.to), now=now, forget_after=FORGET_SENDING_AFTER)
    code = f"{secrets.randbelow(10**6):06d}"
    db.session.execute(delete(SentCode).where(SentCode.session_id == visit_id, SentCode.purpose == errand.purpose))
    code_mac = secrets.token_bytes(32) if instead else _macs(visit_id, errand.purpose, code)[0]
    row = {"session_id": visit_id, "purpose": errand.purpose, "code_mac": code_mac, "expires_at": now + CODE_LIFE}
    db.session.add(SentCode(id=secrets.token_hex(16), tries=0, **row))
    db.session.flush()
    values = {} if instead else {"code": code}
    send(instead or errand.purpose, to=errand.to, channel=errand.channel, language=errand.language, values=values, now=now)


def accept_code(visit_id: str, code: str, *, purpose: str, now: datetime) -> bool:
    """Whether this is the code that was sent; it is used up then. Raises CodeSpentError after five tries or ten minutes."""
    sent = (SentCode.session_id == visit_id, SentCode.purpose == purpose)
    counts = 0 if form_keys.is_same_try() else 1
    counted = update(SentCode).where(*sent, SentCode.expires_at > now, SentCode.tries + counts <= CODE_TRIES)
    if not _changed(counted.values(tries=SentCode.tries + counts)):
        raise CodeSpentError
    return _changed(delete(SentCode).where(*sent, SentCode.code_mac.in_(_macs(visit_id, purpose, code))))


def _macs(visit_id: str, purpose: str, code: str) -> list[bytes]:
    """Return a code's MAC under the key of today, then under those before it: a code may be on its way while keys are rotated."""
    content = framed(visit_id, purpose, code.encode("utf-8", "replace"))
    return [hmac.digest(derive(key, "sent codes"), content, "sha256") for key in key_ring().living(Purpose.INDEX)]


def _changed(statement: Any) -> bool:
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1
