"""The newest checkpoint is kept beside the database too, so that a ledger that was cut there shows without anybody's own copy (P69)."""

from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, select

from msewa.extensions import db, writing
from msewa.ledger.checkpointing import sign_what_is_new
from msewa.ledger.kept import find_kept, forget_kept
from msewa.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerLeaf, LedgerNode, LedgerPlace
from msewa.ledger.queries import find_checkpoint
from msewa.ledger.rules import SubjectKey
from tests.installation import Installation
from tests.ledger.breaking import unguard
from tests.ledger.conftest import NOW, write

pytestmark = pytest.mark.promise("P69")


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory, her: SubjectKey) -> Iterator[Flask]:
    """An installation of its own, whose ledger can be broken for good: two rows, each under a checkpoint of its own."""
    installation = Installation.make("sqlite", folder=tmp_path_factory.mktemp("own"))
    for _ in range(2):
        add(installation.app, her)
    yield installation.app
    installation.close()


def add(app: Flask, subject: SubjectKey) -> None:
    with app.app_context(), writing():
        write(subject)
        db.session.commit()
    with app.app_context():
        sign_what_is_new(now=NOW)


def cut(app: Flask) -> None:
    """Drop the newest row with everything that speaks of it."""
    with app.app_context(), writing():
        unguard()
        size, last = db.session.execute(
            select(LedgerCheckpoint.size, LedgerCheckpoint.last_number).order_by(LedgerCheckpoint.size.desc()).limit(1)
        ).one()
        db.session.execute(delete(LedgerCheckpoint).where(LedgerCheckpoint.size == size))
        db.session.execute(delete(LedgerNode).where(LedgerNode.key >= 2 * size - 3))
        for table in (LedgerEntry, LedgerPlace, LedgerLeaf):
            db.session.execute(delete(table).where(table.number == last))
        db.session.commit()


def verify(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["ledger", "verify"])


def test_what_was_signed_last_is_kept(own: Flask) -> None:
    with own.app_context():
        assert find_kept() == find_checkpoint()
    assert verify(own).exit_code == 0


def test_a_cut_ledger_is_named_also_when_it_has_grown_and_was_signed_since(own: Flask, her: SubjectKey) -> None:
    cut(own)
    assert "The ledger was cut: 2 leaves were signed, 1 are left." in verify(own).output

    for _ in range(3):
        add(own, her)

    assert verify(own).output.splitlines() == ["The first 2 leaves are not those that were signed.", "Error: 1 fault."]


def test_after_a_backup_was_restored_the_earlier_ledger_is_no_fault(own: Flask) -> None:
    cut(own)

    with own.app_context():
        forget_kept()

    assert verify(own).exit_code == 0
