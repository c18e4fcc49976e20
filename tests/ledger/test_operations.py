"""Every act leaves an entry, sealed for its subject alone, under a leaf that outlives it."""

import hashlib

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from msewa.crypto.envelope import EnvelopeError
from msewa.extensions import db, writing
from msewa.ledger.models import LedgerEntry, LedgerLeaf
from msewa.ledger.operations import erase_entries, record
from msewa.ledger.queries import list_entries
from msewa.ledger.rules import SYSTEM, VISITOR, SubjectKey
from tests.ledger.breaking import unguard
from tests.ledger.conftest import NOW, OFFICER


def test_an_entry_says_who_did_what_about_which_fields_and_why(room: Flask, her: SubjectKey) -> None:
    number = record("file.opened", subject=her, actor=OFFICER, now=NOW, about="PB-7", fields={"mobile", "address"}, reason="verification")

    assert list_entries(her) == [
        {
            "number": number,
            "act": "file.opened",
            "at": NOW.isoformat(),
            "actor": {"kind": "officer", "id": "c" * 32, "office": "health"},
            "about": "PB-7",
            "fields": ["address", "mobile"],
            "reason": "verification",
        }
    ]


def test_a_leaf_is_the_hash_of_what_is_sealed(room: Flask, her: SubjectKey) -> None:
    number = record("profile.changed", subject=her, actor=SYSTEM, now=NOW)

    sealed = db.session.scalar(select(LedgerEntry.sealed).where(LedgerEntry.number == number))
    leaf = db.session.scalar(select(LedgerLeaf.leaf_hash).where(LedgerLeaf.number == number))
    assert leaf == hashlib.sha256(b"\x00" + sealed).digest(), "RFC 6962, section 2.1"


def test_the_same_act_twice_has_two_different_leaves(room: Flask, her: SubjectKey) -> None:
    numbers = [record("profile.changed", subject=her, actor=SYSTEM, now=NOW) for _ in range(2)]

    leaves = db.session.scalars(select(LedgerLeaf.leaf_hash).where(LedgerLeaf.number.in_(numbers))).all()
    assert len(set(leaves)) == 2, "or a leaf would tell who did the same thing"


def test_entries_are_listed_newest_first_and_page_by_page(room: Flask, her: SubjectKey, him: SubjectKey) -> None:
    numbers = []
    for step in range(5):
        numbers.append(record(f"act.{step}", subject=her, actor=VISITOR, now=NOW))
        record("other.act", subject=him, actor=VISITOR, now=NOW)

    first = list_entries(her, limit=2)
    second = list_entries(her, limit=9, before=first[-1]["number"])

    assert [entry["number"] for entry in first + second] == numbers[::-1]
    assert {entry["act"].split(".")[0] for entry in first + second} == {"act"}


@pytest.mark.promise("P72")
def test_an_entry_opens_under_its_subjects_key_alone(room: Flask, her: SubjectKey, him: SubjectKey) -> None:
    record("file.opened", subject=her, actor=OFFICER, now=NOW)

    with pytest.raises(EnvelopeError):
        list_entries(SubjectKey(her.id, him.key))


@pytest.mark.promise("P72")
def test_an_entry_moved_to_another_subject_does_not_open(room: Flask, her: SubjectKey) -> None:
    number = record("file.opened", subject=her, actor=OFFICER, now=NOW)
    unguard()
    db.session.execute(update(LedgerEntry).where(LedgerEntry.number == number).values(subject_id="b" * 32))

    with pytest.raises(EnvelopeError):
        list_entries(SubjectKey("b" * 32, her.key))


@pytest.mark.parametrize("position", [0, 1, 20, 60, -1])
def test_a_changed_bit_is_noticed(room: Flask, her: SubjectKey, position: int) -> None:
    number = record("file.opened", subject=her, actor=OFFICER, now=NOW)
    sealed = bytearray(db.session.scalar(select(LedgerEntry.sealed).where(LedgerEntry.number == number)))
    sealed[position] ^= 1
    unguard()
    db.session.execute(update(LedgerEntry).where(LedgerEntry.number == number).values(sealed=bytes(sealed)))

    leaf = db.session.scalar(select(LedgerLeaf.leaf_hash).where(LedgerLeaf.number == number))
    assert leaf != hashlib.sha256(b"\x00" + bytes(sealed)).digest()
    with pytest.raises(EnvelopeError):
        list_entries(her)


def test_a_number_is_never_given_again_even_after_its_entry_is_erased(room: Flask, her: SubjectKey) -> None:
    numbers = [record("act.done", subject=her, actor=SYSTEM, now=NOW) for _ in range(3)]
    erase_entries(her.id)

    following = record("act.done", subject=her, actor=SYSTEM, now=NOW)

    assert following > max(numbers)
    assert db.session.scalar(select(func.count()).where(LedgerLeaf.number.in_(numbers))) == 3, "leaves stay"


def test_an_act_that_is_rolled_back_leaves_no_entry(app: Flask, her: SubjectKey) -> None:
    with app.app_context(), writing():
        record("act.done", subject=her, actor=SYSTEM, now=NOW)
        db.session.rollback()

        assert list_entries(her) == []


def test_the_moment_of_an_entry_carries_its_zone(room: Flask, her: SubjectKey) -> None:
    with pytest.raises(Exception, match="zone"):
        record("act.done", subject=her, actor=SYSTEM, now=NOW.replace(tzinfo=None))
