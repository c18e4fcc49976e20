"""flask self-check: a bent ledger, small counts and an unfit vault are injected on both databases and seen (P77)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from msewa.closure import vault
from msewa.closure.models import VaultMonth
from msewa.closure.rules import month_of
from msewa.extensions import db, writing
from msewa.ledger.models import LedgerCheckpoint, LedgerEntry
from msewa.ledger.operations import checkpoint
from msewa.promises.checks import records, vaulting
from msewa.visits.models import VisitBrowsers
from tests.ledger.breaking import unguard
from tests.people import PROFILE, somebody
from tests.promises.faults import LONG_AGO, write
from tests.strict_client import StrictClient

pytestmark = [pytest.mark.promise("P77"), pytest.mark.usefixtures("prepared")]


def change_the_newest_row(number: int) -> None:
    db.session.execute(update(LedgerEntry).where(LedgerEntry.number == number).values(sealed=b"something else"))


def drop_the_newest_row(number: int) -> None:
    db.session.execute(delete(LedgerEntry).where(LedgerEntry.number == number))


def rewrite_the_checkpoint(number: int) -> None:
    db.session.execute(update(LedgerCheckpoint).values(note="not what was signed"))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (change_the_newest_row, "its entry is not what its leaf was made from"),
        (drop_the_newest_row, "its entry is gone, and no erasure is noted"),
        (rewrite_the_checkpoint, "Checkpoint"),
    ],
)
def test_a_bent_ledger_is_found(app: Flask, damage: Callable[[int], None], sentence: str) -> None:
    person = somebody(app, profile=PROFILE)

    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        checkpoint(now)
        assert records.find_bent_rows(now) == []
        unguard()
        damage(db.session.scalars(select(func.max(LedgerEntry.number)).where(LedgerEntry.subject_id == person.id)).one())
        faults = records.find_bent_rows(now)
        db.session.rollback()

    assert len(faults) == 1
    assert sentence in faults[0]


def test_a_count_of_few_visits_is_found(app: Flask, check) -> None:
    write(app, VisitBrowsers(day=LONG_AGO.date(), value="firefox", visits=1))

    assert check()["visits"] == ("browsers: 1 rows are about too few visits.",)


def test_a_vault_without_this_months_key_is_found(app: Flask, check) -> None:
    settings, month = app.extensions["settings"], month_of(app.extensions["clock"].now())
    assert check() == {}
    public = vault.vault_folder(settings) / f"{month}.pub"
    public.rename(public.with_suffix(".destroyed"))

    try:
        assert check()["vault-key"] == (f"There is no vault key for {month}: nobody could leave.",)
    finally:
        public.with_suffix(".destroyed").rename(public)


@pytest.mark.promise("P54")
def test_a_share_that_was_left_beside_the_archive_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], mode="production", data=tmp_path))
    share = tmp_path / "left" / "vault-2026-11.share-1.txt"

    with app.app_context():
        before = vaulting.find_ways_to_the_sealed(LONG_AGO)
        share.parent.mkdir()
        share.write_text("academic acid acrobat")
        after = vaulting.find_ways_to_the_sealed(LONG_AGO)

    assert not [fault for fault in before if "share" in fault]
    assert [fault for fault in after if fault not in before] == [
        f"1 custodians' shares lie in {tmp_path}: each belongs to another person, away from here."
    ]


def test_a_month_that_outlasts_its_latest_date_is_found(app: Flask, check, client: StrictClient) -> None:
    years = {"not_before": LONG_AGO, "not_after": LONG_AGO + timedelta(days=365)}
    write(app, VaultMonth(month="2016-01", key_id="k", sealed=3, **years))

    found = check()
    write(app, statement=update(VaultMonth).values(destroyed_at=LONG_AGO))

    assert found["vault-end"] == ("The key of 2016-01 must be destroyed.",)
    assert check() == {}
