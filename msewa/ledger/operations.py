"""Writing the ledger: every act and every look, in the transaction of what it speaks of."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, func, insert, select, true

from msewa.crypto.envelope import seal_json
from msewa.extensions import db
from msewa.ledger.checkpointing import LedgerDamagedError, checkpoint
from msewa.ledger.models import LedgerEntry, LedgerErased, LedgerLeaf, LedgerReading
from msewa.ledger.rules import Actor, Subject, is_by_other, place_of
from msewa.ledger.tree import leaf_hash

__all__ = ["LedgerDamagedError", "checkpoint", "erase_entries", "forget_entries", "note_own_reading", "record"]


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
    by_other = is_by_other(actor, subject_id=subject.id)
    sealed = seal_json(subject.key, content, place=place_of(subject.id, by_other=by_other))
    # The leaf first: its number is the entry's, and a leaf without an entry is a fault that `verify` names.
    leaf = LedgerLeaf(leaf_hash=leaf_hash(sealed))
    db.session.add(leaf)
    db.session.flush()
    db.session.add(LedgerEntry(number=leaf.number, subject_id=subject.id, sealed=sealed, at=now, by_other=by_other))
    db.session.flush()
    return leaf.number


def note_own_reading(subject: Subject, *, actor: Actor, now: datetime) -> bool:
    """Record, once a day, that somebody reads her own ledger; True when this was the first time today, and the caller then commits."""
    last = db.session.get(LedgerReading, subject.id)
    if last is not None and last.read_on == now.date():
        return False
    db.session.merge(LedgerReading(subject_id=subject.id, read_on=now.date()))
    record("ledger.read", subject=subject, actor=actor, now=now)
    return True


def erase_entries(subject_id: str) -> int:
    """Remove every entry of a subject and return how many; their leaves stay, and proofs over them hold."""
    db.session.flush()
    db.session.execute(delete(LedgerReading).where(LedgerReading.subject_id == subject_id))
    if db.engine.dialect.name == "postgresql":
        # The application's own role has no right to delete entries: this function has.
        return db.session.execute(select(func.ledger_erase(subject_id))).scalar_one()
    return _drop_noted(LedgerEntry.subject_id == subject_id)


def forget_entries() -> None:
    """Remove everybody's entries: what going back to an empty demonstration leaves are leaves, of which none says anything."""
    _drop_noted(true())


def _drop_noted(which: ColumnElement[bool]) -> int:
    """Note the erasure first: the databases refuse to drop an entry without."""
    db.session.execute(insert(LedgerErased).from_select(["number"], select(LedgerEntry.number).where(which)))
    return cast("CursorResult[Any]", db.session.execute(delete(LedgerEntry).where(which))).rowcount
