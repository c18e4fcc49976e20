"""Writing the ledger: every act and every look, in the transaction of what it speaks of."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from msewa.crypto.envelope import Place, seal_json
from msewa.extensions import db
from msewa.ledger.models import LedgerEntry, LedgerLeaf
from msewa.ledger.rules import Actor, Subject

LEAF_PREFIX = b"\x00"  # RFC 6962, section 2.1: leaves and nodes hash apart


def record(
    act: str,
    *,
    subject: Subject,
    actor: Actor,
    now: datetime,
    about: str = "",
    fields: Iterable[str] = (),
    reason: str = "",
) -> int:
    """Append what was done (`act`, such as `application.submitted`) to `subject`'s ledger; return its number.

    `about` is the public reference of an application or the like, `fields` the names (never values) that were seen or changed.
    """
    content = {
        "act": act,
        "at": now.isoformat(),
        "actor": {"kind": actor.kind, "id": actor.id, "office": actor.office},
        "about": about,
        "fields": sorted(fields),
        "reason": reason,
    }
    sealed = seal_json(subject.key, content, place=place_of(subject.id))
    leaf = LedgerLeaf(leaf_hash=hashlib.sha256(LEAF_PREFIX + sealed).digest())
    db.session.add(leaf)
    db.session.flush()
    db.session.add(LedgerEntry(number=leaf.number, subject_id=subject.id, sealed=sealed, at=now))
    db.session.flush()
    return leaf.number


def place_of(subject_id: str) -> Place:
    """Return where an entry's envelope belongs. Its number is not part: the leaf exists before the number."""
    return Place(table="ledger_entry", group="content", row="", subject=subject_id)
