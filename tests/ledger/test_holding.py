"""What the ledger holds of somebody goes along with her download, and ends with her account; the leaves stay."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.extensions import db, writing
from msewa.holdings import Holding, holdings
from msewa.ledger.models import LedgerEntry, LedgerLeaf, LedgerReading
from msewa.ledger.operations import checkpoint, note_own_reading
from msewa.ledger.verifying import verify
from tests.conftest import ClockHandle
from tests.people import somebody


def access() -> Holding:
    return next(holding for holding in holdings() if holding.section == "access")


@pytest.mark.promise("P2")
@pytest.mark.promise("P53")
def test_every_entry_is_gathered_and_then_erased(app: Flask, clock: ClockHandle) -> None:
    her, him = somebody(app), somebody(app)
    with app.app_context(), writing():
        note_own_reading(her.subject(), actor=her.actor, now=clock.now())
        checkpoint(clock.now())
        leaves = db.session.scalar(select(func.count()).select_from(LedgerLeaf))

        gathered = access().gather(her.subject())
        access().erase(her.id)
        db.session.commit()

        assert gathered[0]["act"] == "ledger.read"
        assert gathered[-1]["act"] == "account.registered"
        assert db.session.scalars(select(LedgerEntry.subject_id).distinct()).all() == [him.id]
        assert db.session.get(LedgerReading, her.id) is None
        assert db.session.scalar(select(func.count()).select_from(LedgerLeaf)) == leaves
        assert list(verify(now=clock.now())) == []
