"""Receipts: a signed record of every choice and every disclosure, kept sealed, and checked by anybody who is shown one."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import current_app

from msewa.consents.models import Receipt
from msewa.consents.purposes import Shown, get_purpose, shown
from msewa.consents.records import Disclosure, Frame, HandedOver, Record, of_choice, of_disclosure, of_handing_over
from msewa.consents.rules import Event, Purpose, Recipient
from msewa.consents.texts import get_current_version
from msewa.crypto.canonical import canonical, read_object
from msewa.crypto.detached import BadSignatureError, UnknownSignerError, check_document, public_half, sign_detached
from msewa.crypto.envelope import Place, seal_json
from msewa.crypto.jose import Jwk
from msewa.crypto.keyring import Purpose as KeyPurpose
from msewa.extensions import db
from msewa.ledger.rules import Actor, Subject
from msewa.web.clock import day_of
from msewa.web.keys import key_ring

SIGNATURE = "in-dpdp:signature"
LONGEST = 64 * 1024


class Verdict(StrEnum):
    """What can be said of a receipt that somebody brings."""

    VALID = "valid"
    ALTERED = "altered"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict; and what the receipt says, only when it is valid."""

    verdict: Verdict
    record: Record | None = None


def make(record: Record) -> Record:
    """Sign a record: the same with its detached JWS over the RFC 8785 spelling of everything else."""
    signing = key_ring().active(KeyPurpose.RECEIPTS)
    return record | {SIGNATURE: sign_detached(canonical(record), key=signing, purpose=KeyPurpose.RECEIPTS)}


def public_keys() -> list[Jwk]:
    """Return the public halves of the key that signs receipts and of those that signed earlier ones."""
    return [public_half(key, purpose=KeyPurpose.RECEIPTS) for key in key_ring().living(KeyPurpose.RECEIPTS)]


def verify(text: str) -> Checked:
    """Say of a text of up to 64 kB whether it is a receipt of ours as it was given."""
    document = read_object(text) if len(text) <= LONGEST else None
    # The signature is over everything else: taken out, the rest is what was signed.
    signature = document.pop(SIGNATURE, None) if document else None
    if document is None or not isinstance(signature, str):
        return Checked(Verdict.NOT_OURS)
    try:
        check_document(document, signature, keys=public_keys())
    except UnknownSignerError:
        return Checked(Verdict.NOT_OURS)
    except BadSignatureError:
        return Checked(Verdict.ALTERED)
    return Checked(Verdict.VALID, document)


def give_for_choice(
    subject: Subject, purpose: Purpose, event: Event, *, notice: Shown, actor: Actor, now: datetime, recipient: Recipient | None = None
) -> str:
    """Keep the receipt of a choice, that names the recipient where each has a choice of its own; return its id."""
    frame = _frame(subject, now=now)
    return _keep(frame, of_choice(frame, purpose, event, notice=notice, actor=actor, recipient=recipient), kind="choice")


def give_for_disclosure(subject: Subject, disclosure: Disclosure, *, language: str, now: datetime) -> str:
    """Keep the receipt of what went to a provider, in the transaction that sends it; return its id."""
    frame, purpose = _frame(subject, now=now), get_purpose("service")
    return _keep(frame, of_disclosure(frame, purpose, disclosure, notice=shown(purpose, language)), kind="disclosure")


def give_for_handing_over(subject: Subject, handed: HandedOver, *, language: str, now: datetime) -> str:
    """Keep the receipt of what a law had us hand over, in the transaction that shows it to her; return its id."""
    # Under a gag it was handed over long before: what held on that day is what it was done under.
    frame, purpose = _frame(subject, now=now, done_at=handed.at), get_purpose("disclosure")
    return _keep(frame, of_handing_over(frame, purpose, handed, notice=shown(purpose, language)), kind="law")


def place_of(receipt_id: str, *, account_id: str) -> Place:
    """Return where a receipt's envelope belongs."""
    return Place(table="receipt", group="content", row=receipt_id, subject=account_id)


def _frame(subject: Subject, *, now: datetime, done_at: datetime | None = None) -> Frame:
    policy_version = get_current_version("policy", today=day_of(done_at or now))
    return Frame(uuid.uuid4().urn, current_app.extensions["settings"], subject, policy_version, now)


def _keep(frame: Frame, record: Record, *, kind: str) -> str:
    receipt_id = frame.urn.removeprefix("urn:uuid:")
    place = place_of(receipt_id, account_id=frame.subject.id)
    sealed = seal_json(frame.subject.key, make(record), place=place)
    db.session.add(Receipt(id=receipt_id, account_id=frame.subject.id, kind=kind, at=frame.now, sealed=sealed))
    db.session.flush()
    return receipt_id
