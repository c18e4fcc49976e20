"""Deletion receipts: what was destroyed, what is sealed and until when, who will be told. Signed, and without anybody's identity."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import delete, select

from msewa.closure.intimations import list_arrivals
from msewa.closure.models import DeletionReceipt
from msewa.closure.queries import MonthRow, find_month
from msewa.config import Settings
from msewa.crypto.canonical import canonical, read_object
from msewa.crypto.detached import BadSignatureError, UnknownSignerError, check_document, public_half, sign_detached
from msewa.crypto.keyring import Purpose
from msewa.crypto.tokens import new_token, token_hash
from msewa.extensions import db, writing
from msewa.web.keys import key_ring

TYPE, SIGNATURE = "msewa.deletion-receipt.1", "signature"
SHOWN_FOR = timedelta(hours=1)
LONGEST = 64 * 1024

Receipt = dict[str, Any]


class Verdict(StrEnum):
    """What can be said of a receipt that somebody brings."""

    VALID = "valid"
    ALTERED = "altered"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict; of a valid receipt what it says, how its month stands (None: unknown here), and which offices have heard."""

    verdict: Verdict
    receipt: Receipt | None = None
    month: MonthRow | None = None
    arrivals: Mapping[str, datetime | None] = field(default_factory=dict[str, datetime | None])


def make(facts: Receipt) -> Receipt:
    """Sign the facts of an erasure under a random number."""
    settings: Settings = current_app.extensions["settings"]
    receipt = {"type": TYPE, "id": uuid.uuid4().urn, "operator": settings.operator["en"], **facts}
    signing = key_ring().active(Purpose.RECEIPTS)
    return receipt | {SIGNATURE: sign_detached(canonical(receipt), key=signing, purpose=Purpose.RECEIPTS)}


def keep(receipt: Receipt, *, now: datetime) -> str:
    """Keep a receipt for an hour, for its owner to take; return the token that finds it."""
    token = new_token()
    db.session.add(DeletionReceipt(token_hash=token_hash(token), content=json.dumps(receipt), ends_at=now + SHOWN_FOR))
    db.session.flush()
    return token


def find(token: str, *, now: datetime) -> Receipt | None:
    """Return a receipt by its token; None when its hour is over."""
    kept = (DeletionReceipt.token_hash == token_hash(token), DeletionReceipt.ends_at > now)
    content = db.session.scalar(select(DeletionReceipt.content).where(*kept))
    return json.loads(content) if content else None


def forget_ended(*, now: datetime) -> None:
    """Remove the receipts whose hour is over, and commit."""
    ended = DeletionReceipt.ends_at <= now
    # Asked by a mere read first: a quiet minute must not take SQLite's one write lock.
    is_any = db.session.scalar(select(DeletionReceipt.token_hash).where(ended).limit(1)) is not None
    db.session.rollback()
    if is_any:
        with writing():
            db.session.execute(delete(DeletionReceipt).where(ended))
            db.session.commit()


def verify(text: str) -> Checked:
    """Say of a text of up to 64 kB whether it is a deletion receipt of ours, as it was given."""
    receipt = read_object(text) if len(text) <= LONGEST else None
    # What is signed is the receipt without its signature.
    signature = receipt.pop(SIGNATURE, None) if receipt else None
    if receipt is None or receipt.get("type") != TYPE or not isinstance(signature, str):
        return Checked(Verdict.NOT_OURS)
    keys = [public_half(key, purpose=Purpose.RECEIPTS) for key in key_ring().living(Purpose.RECEIPTS)]
    try:
        check_document(receipt, signature, keys=keys)
    except UnknownSignerError:
        # Signed, and by a key that was never ours: whatever it says, we did not say it.
        return Checked(Verdict.NOT_OURS)
    except BadSignatureError:
        return Checked(Verdict.ALTERED)
    names = [one["provider"] for one in receipt["recipients"]]
    arrivals = list_arrivals(names, deleted_at=datetime.fromisoformat(receipt["deleted_at"]))
    return Checked(Verdict.VALID, receipt, find_month(receipt["sealed"]["month"]), arrivals)
