"""Leaves get their places at checkpoints, whatever the order in which they were committed; what is signed can be proved row by row."""

import base64
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from msewa.crypto.keyring import Purpose
from msewa.crypto.notes import open_note
from msewa.crypto.wrapping import new_data_key
from msewa.extensions import db, writing
from msewa.ledger import checkpointing
from msewa.ledger.models import LedgerCheckpoint, LedgerLeaf, LedgerNode, LedgerPlace
from msewa.ledger.operations import LedgerDamagedError, checkpoint, erase_entries, record
from msewa.ledger.queries import NotCoveredYetError, find_checkpoint, prove, prove_consistency
from msewa.ledger.rules import SYSTEM, SubjectKey
from msewa.ledger.signing import verifier_keys
from msewa.ledger.tree import Span, root_from_inclusion, roots_from_consistency
from msewa.ledger.verifying import verify
from msewa.web.errors import NoSuchRowError
from msewa.web.keys import key_ring
from tests.ledger.breaking import unguard
from tests.ledger.conftest import NOW, write


def root_of(note: str) -> bytes:
    return base64.b64decode(note.splitlines()[2])


def is_proved(number: int) -> bool:
    proof = prove(number)
    root = root_from_inclusion(proof.leaf_hash, index=proof.index, size=proof.size, path=proof.path)
    return root == root_of(open_note(proof.checkpoint, keys=verifier_keys()))


def place_of(number: int) -> int | None:
    return db.session.scalar(select(LedgerPlace.position).where(LedgerPlace.number == number))


def test_a_checkpoint_is_a_signed_note_with_origin_size_and_root(signed: list[int]) -> None:
    note = find_checkpoint() or ""

    origin, size, root = open_note(note, keys=verifier_keys()).splitlines()
    leaves = db.session.scalar(select(func.count()).select_from(LedgerLeaf))
    assert (origin, int(size), len(base64.b64decode(root))) == ("msewa.demo/ledger", leaves, 32)
    assert note.splitlines()[4].startswith("— msewa.demo/ledger ")
    assert find_checkpoint(int(size)) == note
    assert find_checkpoint(int(size) + 1) is None


@pytest.mark.promise("P69")
def test_every_row_is_proved_by_the_newest_checkpoint(signed: list[int]) -> None:
    assert [is_proved(number) for number in signed] == [True] * len(signed)


def test_a_row_that_is_newer_than_the_checkpoint_is_not_proved_yet(signed: list[int], her: SubjectKey) -> None:
    number = write(her)

    with pytest.raises(NotCoveredYetError):
        prove(number)
    checkpoint(NOW)
    assert is_proved(number)


def test_a_row_that_never_was_is_no_row(signed: list[int]) -> None:
    with pytest.raises(NoSuchRowError):
        prove(max(signed) + 1)


def test_each_checkpoint_is_proved_to_begin_the_next(signed: list[int]) -> None:
    second, first = db.session.scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size.desc()).limit(2)).all()

    path = prove_consistency(first.size, second=second.size)

    both = roots_from_consistency(first.root_hash, first=first.size, second=second.size, path=path)
    assert both == (first.root_hash, second.root_hash)


def test_without_a_new_row_there_is_no_new_checkpoint(signed: list[int]) -> None:
    last = find_checkpoint()

    again = checkpoint(NOW + timedelta(minutes=1))

    assert again is not None
    assert (again.note, again.made_at) == (last, NOW)


@pytest.mark.promise("P69")
def test_erasing_a_subject_keeps_every_proof(signed: list[int], her: SubjectKey, him: SubjectKey) -> None:
    removed = erase_entries(her.id)

    assert removed == 7
    assert [is_proved(number) for number in signed] == [True] * len(signed)
    assert list(verify(now=NOW)) == []


def test_many_leaves_at_once_are_placed_in_batches(room: Flask, her: SubjectKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpointing, "BATCH", 4)
    numbers = [write(her) for _ in range(11)]

    checkpoint(NOW)

    places = [place_of(number) for number in numbers]
    assert places == list(range(places[0] or 0, (places[0] or 0) + 11))
    assert all(is_proved(number) for number in numbers)


def test_numbers_lost_to_a_rollback_leave_no_hole_in_the_tree(room: Flask, her: SubjectKey) -> None:
    first = write(her)
    with db.session.begin_nested() as lost:
        write(her)
        lost.rollback()
    second = write(her)

    checkpoint(NOW)

    assert (place_of(second) or 0) - (place_of(first) or 0) == 1
    assert list(verify(now=NOW)) == []


@pytest.mark.parametrize("backend", ["postgres"])
def test_a_number_that_commits_late_takes_the_next_place(app: Flask) -> None:
    her, is_open, may_commit = SubjectKey("a" * 32, new_data_key()), threading.Event(), threading.Event()
    late: list[int] = []

    def hesitate() -> None:
        with app.app_context():
            late.append(record("act.done", subject=her, actor=SYSTEM, now=NOW))
            is_open.set()
            may_commit.wait(20)
            db.session.commit()

    thread = threading.Thread(target=hesitate)
    thread.start()
    is_open.wait(20)
    with app.app_context():
        quick = record("act.done", subject=her, actor=SYSTEM, now=NOW)
        db.session.commit()
        checkpoint(NOW)
        db.session.commit()
        assert quick > late[0]
        assert place_of(late[0]) is None
    may_commit.set()
    thread.join()

    with app.app_context():
        checkpoint(NOW)
        db.session.commit()

        assert place_of(late[0]) == (place_of(quick) or 0) + 1
        assert is_proved(late[0])
        assert list(verify(now=NOW)) == []


def test_checkpoints_made_at_the_same_time_give_each_leaf_one_place(app: Flask) -> None:
    faults: list[str] = []

    def work() -> None:
        her = SubjectKey("a" * 32, new_data_key())
        try:
            for _ in range(6):
                with app.app_context(), writing():
                    record("act.done", subject=her, actor=SYSTEM, now=NOW)
                    db.session.commit()
                    checkpoint(NOW)
                    db.session.commit()
        except Exception as error:
            faults.append(repr(error))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with app.app_context():
        assert faults == []
        assert list(verify(now=NOW)) == []


def test_after_the_key_is_rotated_old_checkpoints_stay_good(signed: list[int], her: SubjectKey) -> None:
    key_ring().rotate(Purpose.LEDGER, now=NOW)
    write(her)
    checkpoint(NOW)

    newest = find_checkpoint() or ""

    assert open_note(newest, keys=verifier_keys()[:1])
    assert list(verify(now=NOW)) == []


@pytest.mark.promise("P69")
def test_nothing_more_is_signed_over_a_tree_that_was_changed(signed: list[int], her: SubjectKey) -> None:
    unguard()
    edge = Span(0, prove(signed[-1]).size).nodes[-1]
    if edge.level:
        db.session.execute(update(LedgerNode).where(LedgerNode.key == edge.key).values(node_hash=bytes(32)))
    else:
        db.session.execute(update(LedgerLeaf).where(LedgerLeaf.number == signed[-1]).values(leaf_hash=bytes(32)))
    write(her)

    with pytest.raises(LedgerDamagedError):
        checkpoint(NOW)


def test_the_worker_signs_what_is_new_and_nothing_when_there_is_nothing(app: Flask, her: SubjectKey) -> None:
    with app.app_context(), writing():
        number = write(her)
        db.session.commit()
    with app.app_context():
        checkpointing.sign_what_is_new(now=NOW)
        first = find_checkpoint()
        checkpointing.sign_what_is_new(now=NOW)

        assert is_proved(number)
        assert find_checkpoint() == first
