"""Checking the whole ledger against what was signed: every fault is one line that says what is wrong with which row."""

import base64
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from msewa.crypto.notes import NoteError, open_note
from msewa.extensions import db
from msewa.ledger import marks
from msewa.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerErased, LedgerLeaf, LedgerNode, LedgerPlace
from msewa.ledger.nodes import read_hashes
from msewa.ledger.queries import prove_consistency, settled_number
from msewa.ledger.signing import verifier_keys
from msewa.ledger.tree import Hashes, Node, Span, fold, leaf_hash, node_hash, roots_from_consistency

BATCH = 2000
Track = Callable[[int, int], None]  # how many leaves are done, of how many


class _Row(NamedTuple):
    """A leaf with what hangs on it, as the database has it."""

    number: int
    leaf: bytes
    sealed: bytes | None
    subject_id: str
    at: datetime
    by_other: bool
    mark: bytes
    erasure: bytes | None


class _Checkpoint(NamedTuple):
    """A checkpoint's row, as the database has it."""

    size: int
    root_hash: bytes
    note: str
    last_number: int
    made_at: datetime
    mark: bytes


def verify(*, now: datetime, track: Track = lambda done, whole: None) -> Iterator[str]:
    """Yield a line for each fault; nothing when every row is what was signed, in its order, and none is missing or too many."""
    size = db.session.scalar(select(func.max(LedgerCheckpoint.size))) or 0
    # By what there is: a size that somebody wrote into a checkpoint's row must not keep this busy for ever.
    reach = min(size, (db.session.scalar(select(func.count()).select_from(LedgerPlace)) or 0) + BATCH)
    if size > reach:
        yield f"Checkpoint {size} claims more leaves than have a place."
    yield from _tree_faults(reach, track=track)
    yield from _row_faults()
    yield from _surplus_faults(size, now=now)


def verify_latest(count: int) -> Iterator[str]:
    """Yield a line for each fault of the newest `count` rows and of the last checkpoint: what can be asked every day of a long ledger."""
    newest = db.session.scalar(select(func.max(LedgerLeaf.number))) or 0
    yield from _row_faults(after=newest - count)
    last = db.session.execute(_CHECKPOINTS.order_by(LedgerCheckpoint.size.desc()).limit(1)).first()
    if last is not None:
        yield from _checkpoint_faults(_Checkpoint(*last), hashes=read_hashes(Span(0, last.size).nodes))


def verify_against(note: str) -> Iterator[str]:
    """Yield a line for each reason why a checkpoint that was kept elsewhere is not a beginning of this ledger."""
    try:
        first, root = _read_note(note)
    except NoteError as error:
        yield f"The kept checkpoint: {error}"
        return
    second = db.session.scalar(select(func.max(LedgerCheckpoint.size))) or 0
    # A log that only grows can not have become smaller, however well its newest checkpoint is signed.
    if second < first:
        yield f"The ledger was cut: {first} leaves were signed, {second} are left."
        return
    hashes = read_hashes(Span(0, second).nodes)
    now_root = fold(Span(0, second), hash_of=lambda node: hashes.get(node, b""))
    path = prove_consistency(first, second=second)
    if roots_from_consistency(root, first=first, second=second, path=path) != (root, now_root):
        yield f"The first {first} leaves are not those that were signed."


def _tree_faults(size: int, *, track: Track) -> Iterator[str]:
    """Walk the leaves in their order, hold every stored node against its two halves, and every checkpoint against its root."""
    frontier: Hashes = {}
    for begin in range(0, size, BATCH):
        end = min(begin + BATCH, size)
        leaves = read_hashes(Node(0, position) for position in range(begin, end))
        yield from (f"Place {position} of the tree is empty." for position in range(begin, end) if Node(0, position) not in leaves)
        joined = [node for position in range(begin, end) for node in _completed(position)]
        # What is stored, not what was computed: a fault is told where it is, and does not spread to all that is above it.
        known = {**frontier, **leaves, **read_hashes(joined)}
        for node in joined:
            yield from _node_faults(node, known=known)
        for checkpoint in _checkpoints(begin, end):
            yield from _checkpoint_faults(checkpoint, hashes=known)
        frontier = {node: known[node] for node in Span(0, end).nodes if node in known}
        track(end, size)


_CHECKPOINTS = select(*LedgerCheckpoint.__table__.c[*_Checkpoint._fields])


def _checkpoints(begin: int, end: int) -> list[_Checkpoint]:
    """Return the checkpoints within a batch; with the first, also one that claims less than a leaf."""
    within = (LedgerCheckpoint.size <= end, (LedgerCheckpoint.size > begin) | (LedgerCheckpoint.size <= 0) & (begin == 0))
    return [_Checkpoint(*row) for row in db.session.execute(_CHECKPOINTS.where(*within).order_by(LedgerCheckpoint.size))]


def _completed(position: int) -> Iterator[Node]:
    """Yield the subtrees that a leaf at this position completes, the smallest first."""
    node = Node(0, position)
    while node.position % 2:
        node = Node(node.level + 1, node.position // 2)
        yield node


def _node_faults(node: Node, *, known: Hashes) -> Iterator[str]:
    """Hold a stored node against its stored halves, so that one change is told once and not again at every height above it."""
    left, right = (known.get(Node(node.level - 1, 2 * node.position + side)) for side in (0, 1))
    first = node.position << node.level
    name = f"Node {node.key} over places {first} to {first + (1 << node.level) - 1}"
    if node not in known:
        yield f"{name} is missing."
    elif left is not None and right is not None and known[node] != node_hash(left, right):
        yield f"{name} is not the hash of what is below it."


def _checkpoint_faults(kept: _Checkpoint, *, hashes: Hashes) -> Iterator[str]:
    try:
        size, root = _read_note(kept.note)
    except NoteError as error:
        yield f"Checkpoint {kept.size}: {error}"
        return
    if (size, root) != (kept.size, kept.root_hash):
        yield f"Checkpoint {kept.size} says another size or root than was signed."
    elif not marks.is_marked(kept.mark, marks.checkpoint(kept.note, last_number=kept.last_number, made_at=kept.made_at)):
        yield f"Checkpoint {kept.size}: its note, moment or last number is not what the product wrote."
    if fold(Span(0, kept.size), hash_of=lambda node: hashes.get(node, b"")) != root:
        yield f"Checkpoint {kept.size}: the leaves do not lead to the root that was signed."


def _read_note(note: str) -> tuple[int, bytes]:
    """Return size and root of a signed checkpoint; NoteError when it is not one of ours."""
    text = open_note(note, keys=verifier_keys())
    try:
        _, size, root = text.splitlines()[:3]
        return int(size), base64.b64decode(root, validate=True)
    except ValueError as error:
        raise NoteError("This is not a checkpoint.") from error


def _row_faults(*, after: int = -1) -> Iterator[str]:
    """Hold every entry after this number against its leaf; an entry may be missing only where an erasure is noted."""
    while rows := _rows(after):
        for row in rows:
            yield from _one_row(row)
        after = rows[-1].number


def _rows(after: int) -> list[_Row]:
    entry = (LedgerEntry.sealed, LedgerEntry.subject_id, LedgerEntry.at, LedgerEntry.by_other, LedgerEntry.mark)
    chosen = (
        select(LedgerLeaf.number, LedgerLeaf.leaf_hash, *entry, LedgerErased.mark)
        .select_from(LedgerLeaf)
        .outerjoin(LedgerEntry, LedgerEntry.number == LedgerLeaf.number)
        .outerjoin(LedgerErased, LedgerErased.number == LedgerLeaf.number)
        .where(LedgerLeaf.number > after)
    )
    return [_Row(*row) for row in db.session.execute(chosen.order_by(LedgerLeaf.number).limit(BATCH))]


def _one_row(row: _Row) -> Iterator[str]:
    if row.sealed is None:
        yield from _gone_faults(row)
    elif row.erasure is not None:
        yield f"Row {row.number}: its entry was erased and is there again."
    elif leaf_hash(row.sealed) != row.leaf:
        yield f"Row {row.number}: its entry is not what its leaf was made from."
    elif not marks.is_marked(row.mark, _said(row)):
        yield f"Row {row.number}: its number, person, moment or kind is not what the product wrote."


def _gone_faults(row: _Row) -> Iterator[str]:
    if row.erasure is None:
        yield f"Row {row.number}: its entry is gone, and no erasure is noted."
    elif not marks.is_marked(row.erasure, marks.erasure(row.number)):
        yield f"Row {row.number}: its entry is gone, and it was not the product that noted an erasure."


def _said(row: _Row) -> marks.Says:
    return marks.entry(row.number, leaf=row.leaf, subject_id=row.subject_id, at=row.at, by_other=row.by_other)


def _surplus_faults(size: int, *, now: datetime) -> Iterator[str]:
    """Tell what has no leaf or no place, or is more than the tree of this size has."""
    for table, what in ((LedgerEntry, "an entry"), (LedgerErased, "an erasure"), (LedgerPlace, "a place")):
        leaf = select(LedgerLeaf.number).where(LedgerLeaf.number == table.number).exists()
        for number in db.session.scalars(select(table.number).where(~leaf).order_by(table.number)):
            yield f"Row {number}: {what} without a leaf; the leaf was dropped."
    beyond = select(LedgerPlace.position).where((LedgerPlace.position >= size) | (LedgerPlace.position < 0))
    yield from (f"Place {position} was added: no checkpoint reaches so far." for position in db.session.scalars(beyond))
    place = select(LedgerPlace.number).where(LedgerPlace.number == LedgerLeaf.number).exists()
    # The checkpointer passes these by, so that what was slipped in is named here and not signed there.
    late = select(LedgerLeaf.number).where(LedgerLeaf.number <= settled_number(now=now), ~place)
    yield from (f"Row {number} was added below what had its place." for number in db.session.scalars(late.order_by(LedgerLeaf.number)))
    # A tree of n leaves has n full nodes less one for each tree in its edge.
    stored = db.session.scalar(select(func.count()).select_from(LedgerNode)) or 0
    if stored > (most := size - size.bit_count()):
        yield f"{stored - most} nodes were added that belong to no leaf."


def faults_of(notes: Iterable[str], *, now: datetime, track: Track) -> Iterator[str]:
    """Yield every fault of the ledger itself, then those against checkpoints kept elsewhere."""
    yield from verify(now=now, track=track)
    for note in notes:
        yield from verify_against(note)
