"""Reading the ledger: entries of one subject, newest first; checkpoints; and proofs that a row stands in what was signed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select

from msewa.crypto.envelope import unseal_json
from msewa.extensions import db, is_writing
from msewa.hot import HotRead
from msewa.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerLeaf, LedgerPlace
from msewa.ledger.nodes import read_hashes
from msewa.ledger.rules import Subject, place_of
from msewa.ledger.tree import Span, consistency_spans, fold, inclusion_spans
from msewa.web.errors import NoSuchRowError

_TABLE = LedgerEntry.__table__.c
# Above every number that a sequence reaches, and within the databases' eight bytes.
AFTER_ALL = 2**62
# No transaction of ours lives for so long: a leaf that appears later below what was numbered then is not ours (`verify` names it).
LATEST = timedelta(hours=1)
# Her dashboard begins with it: asked without a transaction of its own, and never more than a page of it.
NEWEST_LOOKS = (
    select(_TABLE.number, _TABLE.sealed, _TABLE.by_other)
    .where(_TABLE.subject_id == bindparam("subject_id"), _TABLE.by_other.is_(True), _TABLE.number < bindparam("before"))
    .order_by(_TABLE.number.desc())
    .limit(bindparam("limit", type_=Integer))
)
LOOKS = HotRead(NEWEST_LOOKS)


class NotCoveredYetError(Exception):
    """The row is newer than the last checkpoint; the next one, within minutes, covers it."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That a leaf stands at `index` (from 0) of the first `size` leaves: the hashes beside its way up to the root of `checkpoint`."""

    leaf_hash: bytes
    index: int
    size: int
    path: list[bytes]
    checkpoint: str


def list_entries(subject: Subject, *, limit: int | None = 50, before: int | None = None) -> list[dict[str, Any]]:
    """Return up to `limit` entries of `subject` older than number `before`, newest first, opened."""
    return _opened(_entries(subject, before=before).limit(limit), subject=subject)


def list_looks(subject: Subject, *, limit: int = 50, before: int | None = None) -> list[dict[str, Any]]:
    """Return up to `limit` entries in which somebody else acted on `subject`'s data, newest first, opened."""
    values = {"subject_id": subject.id, "before": AFTER_ALL if before is None else before, "limit": limit}
    # Whoever writes reads in that transaction, where a look may stand that nobody else sees yet.
    rows = db.session.execute(NEWEST_LOOKS, values) if is_writing() else LOOKS.rows(**values)
    return [_open(*row, subject=subject) for row in rows]


def list_looks_between(
    subject: Subject, *, since: datetime | None, until: datetime | None, limit: int, offset: int
) -> list[dict[str, Any]]:
    """Return looks within a period (both ends inclusive; None is open), newest first, after leaving out `offset` of them."""
    chosen = _entries(subject, before=None).where(*_looks_within(subject, since=since, until=until))
    return _opened(chosen.limit(limit).offset(offset), subject=subject)


def count_looks(subject: Subject, *, since: datetime | None, until: datetime | None) -> int:
    """Count the looks within a period."""
    chosen = select(func.count()).select_from(LedgerEntry).where(*_looks_within(subject, since=since, until=until))
    return db.session.scalar(chosen) or 0


def find_beginning() -> datetime | None:
    """Return the moment of the first checkpoint, None when there is none."""
    # Not the oldest entry's: that would tell everybody when somebody came here, and, as soon as it moves on, that she left.
    return db.session.scalar(select(LedgerCheckpoint.made_at).order_by(LedgerCheckpoint.size).limit(1))


def get_sealed(number: int, *, subject: Subject) -> bytes:
    """Return an entry's ciphertext, over which its leaf is; NoSuchRowError unless it is `subject`'s own."""
    # Asked together, so that somebody else's row can not be told from none.
    sealed = db.session.scalar(select(LedgerEntry.sealed).where(LedgerEntry.number == number, LedgerEntry.subject_id == subject.id))
    if sealed is None:
        raise NoSuchRowError
    return sealed


def find_checkpoint(size: int | None = None) -> str | None:
    """Return the signed note over the first `size` leaves, or the newest; None when there is none."""
    chosen = select(LedgerCheckpoint.note).order_by(LedgerCheckpoint.size.desc()).limit(1)
    return db.session.scalar(chosen if size is None else chosen.where(LedgerCheckpoint.size == size))


def settled_number(*, now: datetime) -> int:
    """Return the number up to which every leaf must have its place by now; 0 when none must."""
    chosen = select(func.max(LedgerCheckpoint.last_number)).where(LedgerCheckpoint.made_at <= now - LATEST)
    return db.session.scalar(chosen) or 0


def prove(number: int) -> InclusionProof:
    """Prove that a row stands in the newest checkpoint; NoSuchRowError when there is none, NotCoveredYetError when it is too new."""
    leaf = select(LedgerLeaf.leaf_hash, LedgerPlace.position).outerjoin(LedgerPlace, LedgerPlace.number == LedgerLeaf.number)
    found = db.session.execute(leaf.where(LedgerLeaf.number == number)).first()
    if found is None:
        raise NoSuchRowError
    newest = select(LedgerCheckpoint.size, LedgerCheckpoint.note).order_by(LedgerCheckpoint.size.desc()).limit(1)
    checkpoint = db.session.execute(newest).first()
    if found.position is None or checkpoint is None:
        raise NotCoveredYetError
    # Places and checkpoints are committed together: whatever has a place is within the newest checkpoint.
    path = _roots(inclusion_spans(found.position, size=checkpoint.size))
    return InclusionProof(found.leaf_hash, found.position, checkpoint.size, path, checkpoint.note)


def prove_consistency(first: int, *, second: int) -> list[bytes]:
    """Return the hashes that prove the tree of size `first` to be the beginning of that of `second` (RFC 9162, section 2.1.4)."""
    return _roots(consistency_spans(first, second=second))


def _roots(spans: list[Span]) -> list[bytes]:
    hashes = read_hashes(node for span in spans for node in span.nodes)
    # Where a node is missing the proof fails whoever checks it, which is what is true then; `verify` names the node.
    return [fold(span, hash_of=lambda node: hashes.get(node, b"")) for span in spans]


def _looks_within(subject: Subject, *, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    looks = [LedgerEntry.subject_id == subject.id, LedgerEntry.by_other.is_(True)]
    looks += [LedgerEntry.at >= since] if since else []
    return looks + ([LedgerEntry.at <= until] if until else [])


def _entries(subject: Subject, *, before: int | None) -> Select[int, bytes, bool]:
    chosen = select(LedgerEntry.number, LedgerEntry.sealed, LedgerEntry.by_other).where(LedgerEntry.subject_id == subject.id)
    if before is not None:
        chosen = chosen.where(LedgerEntry.number < before)
    return chosen.order_by(LedgerEntry.number.desc())


def _opened(chosen: Select[int, bytes, bool], *, subject: Subject) -> list[dict[str, Any]]:
    return [_open(*row, subject=subject) for row in db.session.execute(chosen)]


def _open(number: int, sealed: bytes, by_other: bool, *, subject: Subject) -> dict[str, Any]:
    return {"number": number, **unseal_json(subject.key, sealed, place=place_of(subject.id, by_other=by_other))}
