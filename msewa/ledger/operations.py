"""Writing the ledger: every act and every look, in the transaction of what it speaks of."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, CursorResult, LargeBinary, delete, func, insert, literal, select, true
from sqlalchemy.dialects import postgresql, sqlite

from msewa.crypto.envelope import seal_json
from msewa.extensions import db
from msewa.ledger import marks
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
    mark = marks.mark(marks.entry(leaf.number, leaf=leaf.leaf_hash, subject_id=subject.id, at=now, by_other=by_other))
    db.session.add(LedgerEntry(number=leaf.number, subject_id=subject.id, sealed=sealed, at=now, by_other=by_other, mark=mark))
    db.session.flush()
    return leaf.number


def note_own_reading(subject: Subject, *, actor: Actor, now: datetime) -> bool:
    """Record, once a day, that somebody reads her own ledger; True when this was the first time today, and the caller then commits."""
    today = now.date()
    noting = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(LedgerReading)
    # In one statement: of two pages that she opens at once, one writes the day and the other finds it.
    noting = noting.values(subject_id=subject.id, read_on=today).on_conflict_do_update(
        index_elements=[LedgerReading.subject_id], set_={"read_on": today}, where=LedgerReading.read_on != today
    )
    if db.session.scalar(noting.returning(LedgerReading.subject_id)) is None:
        return False
    record("ledger.read", subject=subject, actor=actor, now=now)
    return True


def erase_entries(subject_id: str) -> int:
    """Remove every entry of a subject and return how many; their leaves stay, and proofs over them hold."""
    # What this very transaction has added is among what goes.
    db.session.flush()
    db.session.execute(delete(LedgerReading).where(LedgerReading.subject_id == subject_id))
    hers = LedgerEntry.subject_id == subject_id
    if db.engine.dialect.name != "postgresql":
        return _drop_noted(hers)
    # The application's own role has no right to delete entries: this function has.
    rows = _erasures(hers)
    numbers = literal([row["number"] for row in rows], postgresql.ARRAY(BigInteger))
    written = literal([row["mark"] for row in rows], postgresql.ARRAY(LargeBinary))
    return db.session.execute(select(func.ledger_erase(subject_id, numbers, written))).scalar_one()


def forget_entries() -> None:
    """Remove everybody's entries: what going back to an empty demonstration leaves are leaves, of which none says anything."""
    _drop_noted(true())


def _drop_noted(which: ColumnElement[bool]) -> int:
    """Note the erasure first: the databases refuse to drop an entry without."""
    rows = _erasures(which)
    if rows:
        db.session.execute(insert(LedgerErased), rows)
    return cast("CursorResult[Any]", db.session.execute(delete(LedgerEntry).where(which))).rowcount


def _erasures(which: ColumnElement[bool]) -> list[dict[str, Any]]:
    numbers = db.session.scalars(select(LedgerEntry.number).where(which))
    return [{"number": number, "mark": marks.mark(marks.erasure(number))} for number in numbers]
