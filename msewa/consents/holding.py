"""Choices, receipts and notices of a person, for her download, the seal and the erasure."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select

from msewa.accounts.models import Account
from msewa.consents.models import ChoiceEvent, PolicySeen, Receipt
from msewa.consents.queries import list_events, list_receipts
from msewa.extensions import db
from msewa.holdings import File, Holding
from msewa.ledger.rules import Subject

OWN = (ChoiceEvent, Receipt, PolicySeen)


def gather(subject: Subject) -> dict[str, Any]:
    """Return every choice as it was made, every receipt, and every notice that was shown, oldest first."""
    receipts = reversed(list_receipts(subject))
    return {
        "choices": list_events(subject),
        "receipts": [{"id": one.id, "kind": one.kind, "at": one.at.isoformat(), "record": one.record} for one in receipts],
        "notices": _notices(subject),
    }


def files(subject: Subject) -> Iterator[File]:
    """Yield each receipt as the file that `/privacy/verify` takes."""
    # Spelled for a person to read: whoever checks it spells it anew (RFC 8785) before looking at the signature.
    for one in list_receipts(subject):
        yield f"receipts/{one.id}.json", json.dumps(one.record, ensure_ascii=False, indent=1).encode()


def erase(account_id: str) -> None:
    """Remove all of it."""
    for model in OWN:
        db.session.execute(delete(model).where(model.account_id == account_id))


def _notices(subject: Subject) -> list[dict[str, Any]]:
    columns = (Account.notice_version, Account.notice_language, Account.notice_digest, Account.created_at)
    first = db.session.execute(select(*columns).where(Account.id == subject.id)).one()
    own = PolicySeen.account_id == subject.id
    seen = db.session.scalars(select(PolicySeen).where(own).order_by(PolicySeen.at, PolicySeen.version))
    shown = [_notice("policy", row.version, row.language, row.digest, row.at.isoformat()) for row in seen]
    if first.notice_version is None:
        return shown
    digest = first.notice_digest.hex() if first.notice_digest else ""
    return [_notice("registration", first.notice_version, first.notice_language, digest, first.created_at.isoformat()), *shown]


def _notice(name: str, version: str, language: str, sha256: str, at: str) -> dict[str, str]:
    return {"name": name, "version": version, "language": language, "sha256": sha256, "shown_at": at}


HOLDING = Holding(section="choices", tables=("choice_event", "receipt", "policy_seen"), gather=gather, erase=erase, files=files)
