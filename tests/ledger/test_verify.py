"""Whoever changes, drops, adds or moves anything in the ledger is found out, on both databases (P69)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from msewa.crypto.notes import Signer, sign_note
from msewa.extensions import db, writing
from msewa.ledger import verifying
from msewa.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerErased, LedgerLeaf, LedgerNode, LedgerPlace
from msewa.ledger.operations import checkpoint, erase_entries
from msewa.ledger.queries import find_checkpoint
from msewa.ledger.rules import SubjectKey
from msewa.ledger.verifying import verify, verify_against
from tests.ledger.breaking import unguard
from tests.ledger.conftest import NOW, write

Numbers = list[int]
LATER = NOW + timedelta(hours=2)
OTHERS = Signer("msewa.demo/ledger", bytes(range(32)))


def position_of(number: int) -> int:
    return db.session.scalars(select(LedgerPlace.position).where(LedgerPlace.number == number)).one()


def newest() -> LedgerCheckpoint:
    return db.session.scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size.desc()).limit(1)).one()


def edit_an_entry(numbers: Numbers) -> None:
    db.session.execute(update(LedgerEntry).where(LedgerEntry.number == numbers[3]).values(sealed=b"something else"))


def edit_a_leaf(numbers: Numbers) -> None:
    db.session.execute(update(LedgerLeaf).where(LedgerLeaf.number == numbers[3]).values(leaf_hash=bytes(32)))


def edit_the_last_leaf(numbers: Numbers) -> None:
    db.session.execute(update(LedgerLeaf).where(LedgerLeaf.number == numbers[-1]).values(leaf_hash=bytes(32)))


def drop_an_entry(numbers: Numbers) -> None:
    db.session.execute(delete(LedgerEntry).where(LedgerEntry.number == numbers[2]))


def drop_a_leaf(numbers: Numbers) -> None:
    db.session.execute(delete(LedgerLeaf).where(LedgerLeaf.number == numbers[2]))


def drop_a_row_whole(numbers: Numbers) -> None:
    for table in (LedgerEntry, LedgerPlace, LedgerLeaf):
        db.session.execute(delete(table).where(table.number == numbers[2]))


def drop_the_newest_rows(numbers: Numbers) -> None:
    for table in (LedgerEntry, LedgerPlace, LedgerLeaf):
        db.session.execute(delete(table).where(table.number >= numbers[-2]))


def add_a_leaf(numbers: Numbers) -> None:
    db.session.execute(insert(LedgerLeaf).values(number=numbers[-1] + 7, leaf_hash=bytes(32)))


def add_a_row_in_the_middle(numbers: Numbers) -> None:
    """Take the number of a row that is dropped, as one who knows that numbers may be lost."""
    sealed = db.session.scalar(select(LedgerEntry.sealed).where(LedgerEntry.number == numbers[0]))
    leaf = db.session.scalar(select(LedgerLeaf.leaf_hash).where(LedgerLeaf.number == numbers[0]))
    db.session.execute(insert(LedgerLeaf).values(number=-5, leaf_hash=leaf))
    db.session.execute(insert(LedgerEntry).values(number=-5, subject_id="a" * 32, sealed=sealed, at=NOW, by_other=True, mark=bytes(16)))


def add_a_place(numbers: Numbers) -> None:
    db.session.execute(insert(LedgerLeaf).values(number=numbers[-1] + 7, leaf_hash=bytes(32)))
    db.session.execute(insert(LedgerPlace).values(number=numbers[-1] + 7, position=newest().size))


def swap_two_rows(numbers: Numbers) -> None:
    first, second = (position_of(number) for number in numbers[3:5])
    for number, position in ((numbers[3], -1), (numbers[4], first), (numbers[3], second)):
        db.session.execute(update(LedgerPlace).where(LedgerPlace.number == number).values(position=position))


def edit_a_node(numbers: Numbers) -> None:
    db.session.execute(update(LedgerNode).where(LedgerNode.key == 4 * (position_of(numbers[4]) // 2) + 1).values(node_hash=bytes(32)))


def drop_a_node(numbers: Numbers) -> None:
    db.session.execute(delete(LedgerNode).where(LedgerNode.key == 4 * (position_of(numbers[4]) // 2) + 1))


def add_a_node(numbers: Numbers) -> None:
    db.session.execute(insert(LedgerNode).values(key=2**40 + 1, node_hash=bytes(32)))


def edit_a_checkpoint(numbers: Numbers) -> None:
    last = newest()
    last.note = last.note.replace(f"\n{last.size}\n", f"\n{last.size + 1}\n")
    db.session.flush()


def edit_a_checkpoints_root(numbers: Numbers) -> None:
    newest().root_hash = bytes(32)
    db.session.flush()


def sign_a_checkpoint_anew(numbers: Numbers) -> None:
    last = newest()
    last.note = sign_note("\n".join(last.note.splitlines()[:3]) + "\n", signer=OTHERS)
    db.session.flush()


def drop_the_newest_checkpoint(numbers: Numbers) -> None:
    db.session.delete(newest())
    db.session.flush()


def bring_an_entry_back(numbers: Numbers) -> None:
    db.session.execute(insert(LedgerErased).values(number=numbers[0], mark=bytes(16)))


BREAKS: dict[Callable[[Numbers], None], str] = {
    edit_an_entry: "its entry is not what its leaf was made from",
    edit_a_leaf: "its entry is not what its leaf was made from",
    edit_the_last_leaf: "its entry is not what its leaf was made from",
    drop_an_entry: "its entry is gone, and no erasure is noted",
    drop_a_leaf: "an entry without a leaf",
    drop_a_row_whole: "of the tree is empty",
    drop_the_newest_rows: "of the tree is empty",
    add_a_leaf: "its entry is gone, and no erasure is noted",
    add_a_row_in_the_middle: "was added below what had its place",
    add_a_place: "was added: no checkpoint reaches so far",
    swap_two_rows: "is not the hash of what is below it",
    edit_a_node: "is not the hash of what is below it",
    drop_a_node: "is missing",
    add_a_node: "nodes were added that belong to no leaf",
    edit_a_checkpoint: "No known key has signed this",
    edit_a_checkpoints_root: "says another size or root than was signed",
    sign_a_checkpoint_anew: "No known key has signed this",
    drop_the_newest_checkpoint: "was added: no checkpoint reaches so far",
    bring_an_entry_back: "was erased and is there again",
}


@pytest.mark.promise("P69")
@pytest.mark.parametrize("damage", BREAKS, ids=lambda damage: damage.__name__)
def test_verify_tells_that_somebody_came_to(damage: Callable[[Numbers], None], signed: Numbers) -> None:
    assert list(verify(now=LATER)) == []
    unguard()

    damage(signed)

    faults = list(verify(now=LATER))
    assert any(BREAKS[damage] in fault for fault in faults), faults
    assert len(faults) <= 8, "one change is told once, not at every height of the tree"


@pytest.mark.promise("P69")
def test_a_tree_that_was_made_and_signed_anew_does_not_fit_what_somebody_kept(signed: Numbers) -> None:
    kept = find_checkpoint() or ""
    unguard()
    for table in (LedgerPlace, LedgerNode, LedgerCheckpoint):
        db.session.execute(delete(table))
    edit_a_leaf(signed)

    checkpoint(LATER)

    assert any("are not those that were signed" in fault for fault in verify_against(kept))


@pytest.mark.promise("P69")
def test_a_ledger_that_was_cut_shows_against_a_kept_checkpoint(signed: Numbers) -> None:
    kept = find_checkpoint() or ""
    assert list(verify_against(kept)) == []
    unguard()

    drop_the_newest_checkpoint(signed)

    assert any("The ledger was cut" in fault for fault in verify_against(kept))


@pytest.mark.parametrize("size", [2, 7])
def test_the_same_is_found_whatever_the_size_of_a_batch(
    signed: Numbers, her: SubjectKey, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    for _ in range(5):
        write(her)
        checkpoint(NOW)
    monkeypatch.setattr(verifying, "BATCH", size)
    assert list(verify(now=LATER)) == []
    unguard()

    edit_a_node(signed)

    assert any("is not the hash of what is below it" in fault for fault in verify(now=LATER))


def test_a_dropped_node_is_told_also_against_a_kept_checkpoint(signed: Numbers) -> None:
    kept = find_checkpoint(newest().size)
    unguard()
    db.session.execute(delete(LedgerNode))

    assert any("are not those that were signed" in fault for fault in verify_against(kept or ""))


def test_an_earlier_kept_checkpoint_is_the_beginning_of_a_later_ledger(signed: Numbers, her: SubjectKey) -> None:
    kept = find_checkpoint() or ""
    write(her)
    checkpoint(NOW)

    assert list(verify_against(kept)) == []
    assert list(verify_against(kept.replace("msewa.demo", "mseva.demo"))) != []
    assert list(verify_against("not a note")) != []


@pytest.mark.promise("P69")
def test_an_erased_subject_is_no_fault(signed: Numbers, her: SubjectKey, him: SubjectKey) -> None:
    erase_entries(her.id)
    write(him)

    assert list(verify(now=LATER)) == []


@pytest.mark.promise("P69")
@pytest.mark.parametrize("table", ["ledger_leaf", "ledger_place", "ledger_node", "ledger_checkpoint", "ledger_erased", "ledger_entry"])
@pytest.mark.parametrize("act", ["delete from {}", "update {} set {} = {}"])
def test_the_database_itself_refuses_to_change_what_stays(signed: Numbers, her: SubjectKey, table: str, act: str) -> None:
    if table == "ledger_erased":
        erase_entries(her.id)
    column = {"ledger_node": "key", "ledger_checkpoint": "size"}.get(table, "number")

    with pytest.raises(DatabaseError, match="the ledger only grows"):
        db.session.execute(text(act.format(table, column, column)))


def test_the_command_is_green_on_a_whole_ledger_and_names_each_fault_otherwise(app: Flask, her: SubjectKey, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    with app.app_context(), writing():
        number = write(her)
        db.session.commit()

    signed = runner.invoke(args=["ledger", "checkpoint"])
    (tmp_path / "kept").write_text(signed.output)
    whole = runner.invoke(args=["ledger", "verify", "--against", str(tmp_path / "kept")])
    (tmp_path / "kept").write_text(signed.output.replace("msewa", "mseva"))
    other = runner.invoke(args=["ledger", "verify", "--against", str(tmp_path / "kept")])

    assert signed.output.startswith("msewa.demo/ledger\n")
    assert whole.exit_code == 0
    assert "The ledger is whole" in whole.output
    assert other.exit_code != 0
    assert other.output.splitlines() == ["The kept checkpoint: No known key has signed this.", "Error: 1 fault."]
    assert number > 0
