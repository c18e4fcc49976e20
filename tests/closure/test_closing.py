"""Closing an account: everything is in the seal, nothing is beside it, and a seal that fails deletes nothing."""

import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.accounts.models import Account
from msewa.closure import vault
from msewa.closure.models import Archive, ClosureIntimation, Erasure, VaultMonth
from msewa.closure.operations import closing
from msewa.closure.receipts import Verdict, verify
from msewa.closure.rules import NoVaultKeyError
from msewa.crypto.sealing import SealError
from msewa.extensions import Base, db, writing
from msewa.holdings import holdings
from msewa.inventory.reading import tables_of
from msewa.outbox.models import OutboxItem
from msewa.sandbox.queries import list_parcels
from tests.closure.conftest import Leaver, work
from tests.conftest import ClockHandle
from tests.installation import Installation
from tests.people import PROFILE, somebody
from tests.strict_client import StrictClient

HERS = sorted(tables_of("account", "access"))


def rows_of(app: Flask) -> dict[str, int]:
    with app.app_context():
        tables = {name: Base.metadata.tables[name] for name in HERS}
        return {name: db.session.scalar(select(func.count()).select_from(table)) for name, table in tables.items()}


def close(leaver: Leaver, *, wish: str = "withdraw") -> dict:
    with leaver.app.app_context(), writing():
        now = leaver.app.extensions["clock"].now()
        receipt = closing.close_account(leaver.person.id, actor=leaver.person.actor, now=now, open_applications=wish)
        db.session.commit()
        return receipt


@pytest.mark.promise("P52", "P53")
def test_not_one_row_of_hers_is_left_in_any_table_about_people(leaver: Leaver) -> None:
    before = rows_of(leaver.app)

    close(leaver)

    assert before["application"] == 3
    assert before["application_paper"] >= 2
    assert before["ledger_entry"] > 3
    assert {name: count for name, count in rows_of(leaver.app).items() if count} == {}


@pytest.mark.promise("P55")
def test_the_seal_holds_everything_and_opens_for_two_custodians(leaver: Leaver, custodians) -> None:
    with leaver.app.app_context():
        subject = leaver.person.subject()
        held = {holding.section: holding.gather(subject) for holding in holdings()}
        papers = {name: content for holding in holdings() for name, content in holding.files(subject)}

    close(leaver)

    [(content, files)] = custodians()
    assert content["profile"] == held["profile"]
    assert content["account"]["mobile"] == leaver.person.mobile
    assert {row["reference"] for row in content["applications"]} == set(leaver.references)
    assert [row["answers"] for row in content["applications"]] == [row["answers"] for row in held["applications"]]
    assert "account.closed" in json.dumps(content["access"])
    assert files == papers
    assert len(files) >= 4


@pytest.mark.promise("P52")
@pytest.mark.parametrize("fault", ["no key", "a bad key", "a holding that fails"])
def test_a_seal_that_fails_deletes_nothing(leaver: Leaver, installation: Installation, monkeypatch, fault: str) -> None:
    before, archived = rows_of(leaver.app), count(leaver.app, Archive)

    if fault == "no key":
        monkeypatch.setattr(vault, "prepare_demonstration", lambda settings, now: None)
        for public in (installation.folder / "vault").glob("*.pub"):
            public.rename(public.with_suffix(".away"))
    elif fault == "a bad key":
        monkeypatch.setattr(closing, "get_current_key", lambda *, now: vault.MonthKey("2026-11", "0" * 16, b"short"))
    else:
        monkeypatch.setattr(closing, "_files", lambda subject: broken())

    with pytest.raises((NoVaultKeyError, SealError, OSError)):
        close(leaver)

    for away in (installation.folder / "vault").glob("*.away"):
        away.rename(away.with_suffix(".pub"))
    assert rows_of(leaver.app) == before
    assert count(leaver.app, Archive) == archived
    assert count(leaver.app, Erasure) == 0


def broken():
    yield "fine.jpg", b"fine"
    raise OSError("the disk is full")


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.promise("P54", "P60")
def test_the_archive_names_nobody_and_leads_to_nobody(leaver: Leaver) -> None:
    close(leaver)

    with leaver.app.app_context():
        row = db.session.scalars(select(Archive)).one()
        plain = {name: getattr(row, name) for name in ("id", "month", "key_id", "digest", "size", "deleted_at", "not_before", "not_after")}
    assert leaver.person.id not in str(plain)
    assert set(plain) | {"sealed_key"} == {column.name for column in Archive.__table__.columns}


@pytest.mark.promise("P52", "P53")
def test_nothing_that_waited_for_her_is_done_any_more(leaver: Leaver) -> None:
    close(leaver)
    work(leaver.app)

    with leaver.app.app_context():
        topics = set(db.session.scalars(select(OutboxItem.topic)))
    assert not {topic for topic in topics if topic.startswith(("notifications", "delivery", "applications"))}


@pytest.mark.promise("P52")
def test_what_had_not_left_is_taken_back_and_its_office_never_hears_of_it(leaver: Leaver) -> None:
    receipt = close(leaver, wish="withdraw")
    work(leaver.app)

    packages = [parcel["package"] for parcel in parcels(leaver)]
    sent = [package for package in packages if "kind" not in package["payload"]]
    told = [package["payload"] for package in packages if package["payload"].get("kind") == "account_deleted"]
    assert len(sent) == 1
    assert [one["wish"] for one in told] == ["withdraw"]
    assert told[0]["applications"] == told[0]["withdrawn"] == [sent[0]["id"]]
    assert receipt["recipients"] == [{"provider": sent[0]["provider"], "applications": 1, "queued": True}]


@pytest.mark.promise("P52", "P53")
def test_letting_the_offices_finish_does_not_revive_what_she_took_back_before(leaver: Leaver) -> None:
    delivered, waiting, _ = [f"/applications/{reference}" for reference in leaver.references]
    for base in (delivered, waiting):
        leaver.client.submit(f"{base}/withdraw", "withdraw")

    close(leaver, wish="finish")
    work(leaver.app)

    [told] = [parcel["package"]["payload"] for parcel in parcels(leaver) if parcel["package"]["payload"].get("kind") == "account_deleted"]
    assert len(told["applications"]) == 1, "what never left is no business of any office"
    assert told["withdrawn"] == told["applications"]


@pytest.mark.promise("P52")
def test_what_she_lets_the_offices_finish_still_reaches_them(leaver: Leaver) -> None:
    close(leaver, wish="finish")
    assert [one for one, rows in rows_of(leaver.app).items() if rows] == ["package"], "closed to the office alone, and gone once it has it"

    work(leaver.app)

    packages = [parcel["package"] for parcel in parcels(leaver)]
    told = [package["payload"] for package in packages if package["payload"].get("kind") == "account_deleted"]
    assert len(packages) - len(told) == 2
    assert len(told[0]["applications"]) == 2
    assert told[0]["withdrawn"] == []
    assert {one: rows for one, rows in rows_of(leaver.app).items() if rows} == {}


@pytest.mark.promise("P52")
def test_she_may_take_back_one_and_let_the_office_finish_another(leaver: Leaver) -> None:
    [delivered] = [parcel["package"]["id"] for parcel in parcels(leaver)]

    leaver.leave(open="some", finish=leaver.references[1])
    work(leaver.app)

    packages = [parcel["package"] for parcel in parcels(leaver)]
    sent = [package["id"] for package in packages if "kind" not in package["payload"]]
    [told] = [package["payload"] for package in packages if package["payload"].get("kind") == "account_deleted"]
    assert len(sent) == 2, "what waited and goes on has reached its office"
    assert (told["wish"], sorted(told["applications"]), told["withdrawn"]) == ("finish", sorted(sent), [delivered])
    assert {one: rows for one, rows in rows_of(leaver.app).items() if rows} == {}


@pytest.mark.promise("P52")
def test_of_some_that_she_names_what_else_had_not_left_never_leaves(leaver: Leaver) -> None:
    leaver.leave(open="some", finish=leaver.references[0])
    work(leaver.app)

    packages = [parcel["package"] for parcel in parcels(leaver)]
    [told] = [package["payload"] for package in packages if package["payload"].get("kind") == "account_deleted"]
    assert (told["wish"], len(told["applications"]), told["withdrawn"]) == ("finish", 1, [])
    assert len(packages) == 2


def parcels(leaver: Leaver) -> list[dict]:
    with leaver.app.app_context():
        return list_parcels(leaver.applicant.definition("birth-certificate").provider)


@pytest.mark.promise("P53", "P61")
def test_an_office_is_told_by_an_id_that_is_hers_there_alone(leaver: Leaver) -> None:
    close(leaver)
    work(leaver.app)

    [told] = [parcel["package"]["payload"] for parcel in parcels(leaver) if parcel["package"]["payload"].get("kind") == "account_deleted"]
    assert leaver.person.id not in json.dumps(told)
    assert not set(PROFILE.values()) & set(str(value) for value in told.values())
    with leaver.app.app_context():
        assert db.session.scalars(select(ClosureIntimation.jwe)).all() == [None], "emptied once it was taken"


@pytest.mark.promise("P53")
def test_the_receipt_names_nobody_and_can_be_checked_later(leaver: Leaver) -> None:
    receipt = close(leaver)
    text = json.dumps(receipt)

    with leaver.app.app_context():
        checked = verify(text)
        altered = verify(text.replace('"asked"', '"terminated"'))
    planted = {leaver.person.id, leaver.person.mobile, leaver.person.mobile[3:], "Planted", *PROFILE.values(), *leaver.references}
    assert checked.verdict is Verdict.VALID
    assert altered.verdict is Verdict.ALTERED
    assert {value for value in planted if len(value) > 6 and value in text} == set()
    assert receipt["destroyed"]["applications"] >= 3
    assert receipt["destroyed"]["access"] > 3
    assert receipt["destroyed"]["files"] >= 4


@pytest.mark.parametrize("text", ["", "{}", "[1]", "not json", '{"type": "msewa.deletion-receipt.1"}', "[" * 5000])
def test_what_is_no_receipt_is_not_ours(app: Flask, text: str) -> None:
    with app.app_context():
        assert verify(text).verdict is Verdict.NOT_OURS


@pytest.mark.promise("P57")
def test_a_clock_that_was_put_back_makes_no_month_end_earlier(app: Flask, clock: ClockHandle) -> None:
    first, second = somebody(app), somebody(app)
    spans = []

    for person, back in ((first, 0), (second, -3600)):
        clock.advance(seconds=back)
        with app.app_context(), writing():
            closing.close_account(person.id, actor=person.actor, now=clock.now())
            db.session.commit()
            spans.append(db.session.execute(select(VaultMonth.not_before, VaultMonth.not_after, VaultMonth.sealed)).one())

    assert spans[1].not_before == spans[0].not_before
    assert spans[1].not_after < spans[0].not_after
    assert spans[1].sealed == 2


@pytest.mark.promise("P52")
def test_leaving_waits_for_no_policy_to_be_accepted(app: Flask, client: StrictClient, leaver: Leaver) -> None:
    with app.app_context(), writing():
        db.session.execute(Account.__table__.update().values(notice_version=None, notice_digest=None, notice_language=None))
        db.session.commit()

    leaver.leave()

    assert rows_of(app)["account"] == 0
