"""Giving new leaves their places in the tree, and signing what it is then.

Numbers come from the database's sequence: some are lost to rollbacks, and one may commit after a higher one. So a leaf's place is not its
number: whoever makes a checkpoint takes a lock and gives the next places to all leaves without one, in the order of their numbers. A
number that commits late gets a place at the next checkpoint, and no place is ever given twice or left empty.
"""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, func, insert, select

from msewa.crypto.notes import NoteError, open_note, sign_note
from msewa.extensions import db, writing
from msewa.ledger import marks
from msewa.ledger.kept import find_kept, keep
from msewa.ledger.models import LedgerCheckpoint, LedgerLeaf, LedgerNode, LedgerPlace
from msewa.ledger.nodes import read_hashes
from msewa.ledger.queries import settled_number
from msewa.ledger.signing import origin, signer, verifier_keys
from msewa.ledger.tree import EMPTY_ROOT, Hashes, Span, fold, grow
from msewa.ledger.verifying import verify_against
from msewa.web import journal

LOCK = 0x6C656467  # any number of our own, for PostgreSQL's advisory locks
BATCH = 5000


class LedgerDamagedError(Exception):
    """The stored tree is not what was signed last; nothing more is signed over it."""


def checkpoint(now: datetime) -> LedgerCheckpoint | None:
    """Place the new leaves, sign the tree and return the newest checkpoint; None while there is no leaf at all.

    Raises LedgerDamagedError when the stored tree no longer leads to the last signed root.
    """
    _take_lock()
    # Read only now: whoever held the lock before has given places since.
    last = db.session.scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size.desc()).limit(1)).first()
    size = last.size if last else 0
    frontier = read_hashes(Span(0, size).nodes)
    if last is not None:
        _refuse_damage(last, frontier=frontier)
    grown, last_number = size, last.last_number if last else 0
    for batch in _leaves_without_place(now=now):
        _place(batch, size=grown, frontier=frontier)
        grown, last_number = grown + len(batch), max(last_number, batch[-1][0])
    return last if grown == size else _sign(grown, frontier=frontier, last_number=last_number, now=now)


def sign_what_is_new(*, now: datetime) -> None:
    """Make a checkpoint when there is a leaf without a place, commit and keep it; damage is only told, for `verify` to look into."""
    # Asked by a mere read first: a quiet minute must not take SQLite's one write lock.
    is_any_new = db.session.scalar(_unplaced(settled_number(now=now)).limit(1)) is not None
    db.session.rollback()
    if not is_any_new:
        return
    with writing():
        try:
            made = checkpoint(now)
        except LedgerDamagedError:
            journal.event("ledger_damaged")
            db.session.rollback()
            return
        note = made.note if made else None
        db.session.commit()
    if note is not None:
        _keep(note)


def _keep(note: str) -> None:
    """Keep the newest checkpoint outside, unless that would end the only proof that the ledger was cut or made anew."""
    kept = find_kept()
    if kept is not None and any(verify_against(kept)):
        journal.event("ledger_damaged")
        return
    keep(note)


def _take_lock() -> None:
    """Let one at a time make checkpoints: on PostgreSQL until the transaction ends; on SQLite whoever writes is alone anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _refuse_damage(last: LedgerCheckpoint, *, frontier: Hashes) -> None:
    # By the signed text, not by the columns beside it: those could be changed along with the tree.
    try:
        text = open_note(last.note, keys=verifier_keys())
        signed = base64.b64decode(text.splitlines()[2])
    except (NoteError, ValueError, IndexError):
        raise LedgerDamagedError("The last checkpoint does not carry a good signature of this ledger.") from None
    if fold(Span(0, last.size), hash_of=lambda node: frontier.get(node, EMPTY_ROOT)) != signed:
        raise LedgerDamagedError("The stored tree does not lead to the root that was signed last.")


def _leaves_without_place(*, now: datetime) -> Iterator[list[tuple[int, bytes]]]:
    after = settled_number(now=now)
    while batch := [(row.number, row.leaf_hash) for row in db.session.execute(_unplaced(after).limit(BATCH))]:
        yield batch
        after = batch[-1][0]


def _unplaced(after: int) -> Select[int, bytes]:
    placed = select(LedgerPlace.position).where(LedgerPlace.number == LedgerLeaf.number).exists()
    chosen = select(LedgerLeaf.number, LedgerLeaf.leaf_hash).where(LedgerLeaf.number > after, ~placed)
    return chosen.order_by(LedgerLeaf.number)


def _place(batch: Sequence[tuple[int, bytes]], *, size: int, frontier: Hashes) -> None:
    places = [{"position": position, "number": number} for position, (number, _) in enumerate(batch, start=size)]
    db.session.execute(insert(LedgerPlace), places)
    leaves = [leaf for _, leaf in batch]
    # Leaves are stored already; a node only comes to be when both its halves are full, and then never changes.
    nodes = [{"key": node.key, "node_hash": value} for node, value in grow(size, leaves, frontier=frontier) if node.level]
    if nodes:
        db.session.execute(insert(LedgerNode), nodes)


def _sign(size: int, *, frontier: Hashes, last_number: int, now: datetime) -> LedgerCheckpoint:
    root = fold(Span(0, size), hash_of=frontier.__getitem__)
    # No extension lines: the format advises against them, and a watcher could not check them.
    text = f"{origin()}\n{size}\n{base64.b64encode(root).decode()}\n"
    note = sign_note(text, signer=signer())
    mark = marks.mark(marks.checkpoint(note, last_number=last_number, made_at=now))
    made = LedgerCheckpoint(size=size, root_hash=root, note=note, last_number=last_number, made_at=now, mark=mark)
    db.session.add(made)
    db.session.flush()
    return made
