"""flask self-check: every fault that a check names is injected, on both databases, and seen (P77)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, func, select, update
from sqlcipher3 import dbapi2 as sqlcipher

from msewa.accounts.models import Account
from msewa.closure import vault
from msewa.closure.models import VaultMonth
from msewa.closure.rules import month_of
from msewa.consents.models import PolicySeen
from msewa.consents.texts import get_registration_notice
from msewa.crypto.keyring import KeyRing
from msewa.delivery.models import Package, ProviderKey
from msewa.dpo.models import Breach, LegalDisclosure, LegalStep
from msewa.extensions import db, writing
from msewa.ledger.models import LedgerCheckpoint, LedgerEntry
from msewa.ledger.operations import checkpoint
from msewa.notifications.models import Message
from msewa.outbox import daily, worker
from msewa.outbox.models import OutboxItem
from msewa.profile.models import ProfileSection
from msewa.promises import checking
from msewa.promises.checks import columns, records, setup
from msewa.promises.checks.register import CHECKS
from msewa.promises.queries import clauses
from msewa.visits.models import VisitBrowsers
from tests.ledger.breaking import unguard
from tests.people import PROFILE, somebody
from tests.strict_client import StrictClient

pytestmark = pytest.mark.promise("P77")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _prepared(app: Flask):
    """Every installation plans its daily work when it is made ready."""
    with app.app_context(), writing():
        daily.start(now=app.extensions["clock"].now())
        db.session.commit()
    yield
    app.extensions.pop("promise_figures", None)


@pytest.fixture
def check(app: Flask) -> Callable[[], dict[str, tuple[str, ...]]]:
    """Run the checks; return the faults of those that found some."""

    def run() -> dict[str, tuple[str, ...]]:
        with app.app_context(), writing():
            now = app.extensions["clock"].now()
            results = checking.look(now=now)
            checking.keep(results, now=now)
            db.session.commit()
        return {one.id: faults for one, faults in results if faults}

    return run


def write(app: Flask, *rows: Any, statement: Any = None) -> None:
    with app.app_context(), writing():
        db.session.add_all(rows)
        if statement is not None:
            db.session.execute(statement)
        db.session.commit()


def change_settings(app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], **changes))


def test_a_living_system_with_people_in_it_is_well(app: Flask, check) -> None:
    somebody(app, profile=PROFILE, email="a.person@example.org")

    assert check() == {}


def test_a_key_ring_that_others_can_read_is_found(app: Flask, check) -> None:
    path = app.extensions["settings"].key_ring_path
    path.chmod(0o644)

    try:
        assert list(check()) == ["key-ring"]
    finally:
        path.chmod(0o600)


def test_a_key_that_is_gone_is_found(app: Flask, check) -> None:
    path = app.extensions["settings"].key_ring_path
    whole = path.read_text()
    content = json.loads(whole)
    content["keys"] = [row for row in content["keys"] if row["purpose"] != "links"]
    path.write_text(json.dumps(content))

    try:
        assert "no active key for links" in check()["key-ring"][0]
    finally:
        path.write_text(whole)
        KeyRing.load(path)


def test_a_data_key_that_does_not_open_is_found(app: Flask, check) -> None:
    person, other = somebody(app), somebody(app)
    with app.app_context():
        wrapped = db.session.get(Account, other.id).data_key
    write(app, statement=update(Account).where(Account.id == person.id).values(data_key=wrapped))

    assert check()["data-keys"] == ("account.data_key: a data key does not open.",)


@pytest.mark.parametrize("written", [b"Gurpreet Kaur", b"", b'{"full_name": "Gurpreet Kaur"}', b"\x02" + bytes(100)])
def test_a_name_in_the_open_is_found(app: Flask, check, written: bytes) -> None:
    person = somebody(app, profile=PROFILE)
    write(app, statement=update(Account).where(Account.id == person.id).values(identity=written))
    write(app, statement=update(ProfileSection).where(ProfileSection.account_id == person.id).values(sealed=written))

    found = check()["closed-columns"]

    assert found == ("account.identity: something lies there in the open.", "profile_section.sealed: something lies there in the open.")
    assert "Gurpreet" not in " ".join(found)


def test_a_package_in_the_open_is_found(app: Flask, check) -> None:
    write(app, package(jwe='{"full_name": "Gurpreet Kaur"}'))

    assert "package.jwe: something lies there in the open." in check()["closed-columns"]


def test_a_database_file_in_the_open_is_found(app: Flask, tmp_path: Path) -> None:
    in_the_open = create_engine(f"sqlite:///{tmp_path / 'open.db'}", module=sqlcipher)

    with app.app_context(), in_the_open.connect() as connection:
        assert columns.find_open_file(LONG_AGO) == []
        assert not columns.is_encrypted(connection)
    in_the_open.dispose()


def package(**facts: Any) -> Package:
    closed = "eyJh.eyJi.eyJj.eyJk.eyJl"
    known = {"application_id": "a" * 32, "provider_id": "x", "jwe": closed, "digest": "0" * 64, "created_at": LONG_AGO}
    return Package(**(known | facts))


def test_a_package_without_an_application_is_found(app: Flask, check, client: StrictClient) -> None:
    write(app, package())

    assert list(check()) == ["grounds"]
    assert "sent without a ground 1" in client.page("/promises").words("page-promises.index")


def demand(**facts: Any) -> LegalDisclosure:
    known = {"reference": "K7M4TXQ9", "ground": "law", "state": "shown", "data_key": b"", "sealed": b"\x01" * 99, "drafted_at": LONG_AGO}
    return LegalDisclosure(id="d" * 32, **(known | facts))


def step(kind: str, officer: str, number: int) -> LegalStep:
    return LegalStep(disclosure_id="d" * 32, number=number, kind=kind, officer_id=officer, at=LONG_AGO)


def test_what_one_person_alone_handed_over_is_found(app: Flask, check) -> None:
    write(app, demand())
    write(app, step("approved", "one", 1), step("approved", "one", 2), step("executed", "one", 3))

    alone = check()
    write(app, step("approved", "another", 4))

    assert alone["demands"] == ("L-K7M4-TXQ9 was carried out without two people's yes.",)
    assert "demands" not in check()


@pytest.mark.parametrize(("ground", "days_of_secrecy"), [("law", 30), ("life", 10_000)])
def test_what_is_hidden_for_too_long_is_found(app: Flask, check, ground: str, days_of_secrecy: int) -> None:
    person = somebody(app)
    write(app, demand(ground=ground, state="gagged", account_id=person.id, gag_until=LONG_AGO + timedelta(days=days_of_secrecy)))
    write(app, step("approved", "one", 1), step("approved", "another", 2), step("executed", "one", 3))

    assert check()["hidden"] == ("L-K7M4-TXQ9 is still hidden from the citizen, and its secrecy is over.",)


def test_a_breach_that_nobody_was_told_of_is_found(app: Flask, check) -> None:
    times = {"began_at": LONG_AGO, "ended_at": LONG_AGO, "known_at": LONG_AGO}
    write(app, Breach(id="b" * 32, reference="K7M4TXQ9", state="ready", data_key=b"", sealed=b"\x01" * 99, **times))

    assert check()["breaches"] == ("B-K7M4-TXQ9 is known for 72 hours and was not told.",)


def test_an_office_with_an_unsafe_address_is_found(app: Flask, check) -> None:
    write(app, office_key("http://office.example.org/in"))

    try:
        assert check()["addresses"] == ("nowhere: The endpoint must begin with https://.",)
    finally:
        write(app, statement=ProviderKey.__table__.delete().where(ProviderKey.provider_id == "nowhere"))


def office_key(endpoint: str) -> ProviderKey:
    facts = {"kid": "k", "public_jwk": {}, "agreement": "1", "accepted_at": LONG_AGO, "active": True}
    return ProviderKey(provider_id="nowhere", endpoint=endpoint, **facts)


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


def test_a_month_that_outlasts_its_latest_date_is_found(app: Flask, check, client: StrictClient) -> None:
    years = {"not_before": LONG_AGO, "not_after": LONG_AGO + timedelta(days=365)}
    write(app, VaultMonth(month="2016-01", key_id="k", sealed=3, **years))

    found = check()
    write(app, statement=update(VaultMonth).values(destroyed_at=LONG_AGO))

    assert found["vault-end"] == ("The key of 2016-01 must be destroyed.",)
    assert check() == {}


def test_news_that_nobody_allowed_is_found(app: Flask, check) -> None:
    person = somebody(app)
    facts = {"channel": "sms", "template": "news", "topic": "promo.own", "language": "en", "state": "waiting", "created_at": LONG_AGO}
    write(app, Message(id="a" * 32, account_id=person.id, **facts), Message(id="b" * 32, account_id=None, **facts))

    assert check()["news"] == ("2 promotional messages wait that nobody allowed.",)


def test_daily_work_that_nobody_does_is_found(app: Flask, check) -> None:
    write(app, statement=delete(OutboxItem))

    assert checking.TOPIC in " ".join(check()["daily-work"])


def test_daily_work_that_waits_since_yesterday_is_found(app: Flask, check) -> None:
    late = app.extensions["clock"].now() - timedelta(hours=25)
    write(app, statement=update(OutboxItem).where(OutboxItem.topic == checking.TOPIC).values(due_at=late))

    assert check()["daily-work"] == (f"{checking.TOPIC}: nobody does this daily work.",)


def test_work_that_was_given_up_and_forgotten_is_found(app: Flask, check) -> None:
    write(app, OutboxItem(topic="a.topic", reference="x", state="attention", created_at=LONG_AGO, due_at=LONG_AGO))

    assert check()["forgotten-work"] == ("a.topic: 1 need a person's attention.",)


def test_work_that_was_given_up_today_is_still_somebodys_to_look_at(app: Flask, check) -> None:
    now = app.extensions["clock"].now()
    write(app, OutboxItem(topic="a.topic", reference="x", state="attention", created_at=LONG_AGO, due_at=now + timedelta(hours=5)))

    assert check() == {}


def test_production_with_unsafe_settings_is_found(app: Flask, check, monkeypatch: pytest.MonkeyPatch) -> None:
    change_settings(app, monkeypatch, mode="production", public_url="http://plain.example.org", sms_url="https://sms.example.org")
    monkeypatch.setitem(app.config, "DEBUG", True)

    assert check()["settings"] == (
        "It runs with debug on.",
        "Its address does not begin with https://.",
        "Its key ring was made for a demonstration.",
        "The sandbox is open.",
    )


def test_a_policy_that_is_not_in_force_yet_is_found(app: Flask) -> None:
    with app.app_context():
        assert setup.find_policy_faults(datetime(2026, 11, 22, 18, tzinfo=UTC)) == ["Policy 1.0 is named and not in force yet."]
        # Past midnight in India, still the day before in UTC.
        assert setup.find_policy_faults(datetime(2026, 11, 22, 19, tzinfo=UTC)) == []


@pytest.mark.parametrize("version", ["1.0", "0.1"])
def test_words_that_differ_from_what_people_were_shown_are_found(app: Flask, check, version: str) -> None:
    person = somebody(app)
    with app.app_context():
        digest = bytes.fromhex(get_registration_notice("pa").sha256)
        current = get_registration_notice("pa").version
    of_hers = update(Account).where(Account.id == person.id)
    write(app, statement=of_hers.values(notice_version=current, notice_language="pa", notice_digest=digest))
    untouched = check()

    write(app, statement=of_hers.values(notice_version=version, notice_digest=bytes(32)))

    assert untouched == {}
    assert check()["words"] == (f"registration {version} (pa) is not what people were shown.",)


def test_a_policy_other_than_the_one_somebody_was_shown_is_found(app: Flask, check) -> None:
    person = somebody(app)
    write(app, PolicySeen(account_id=person.id, version="1.0", language="hi", digest="0" * 64, at=LONG_AGO))

    assert check()["words"] == ("policy 1.0 (hi) is not what people were shown.",)


def test_a_table_that_no_deletion_reaches_is_found(app: Flask, check, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [holding for holding in app.extensions["holdings"] if "profile_section" not in holding.tables]
    monkeypatch.setitem(app.extensions, "holdings", kept)

    assert check()["deletion"] == ("profile_section: no deletion reaches it.",)


@pytest.mark.parametrize("kind", [OSError, ValueError, KeyError])
def test_a_check_that_can_not_look_is_a_fault(app: Flask, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]) -> None:
    def refuse(now: datetime) -> list[str]:
        raise kind("a disk with Gurpreet on it")

    monkeypatch.setattr(checking, "CHECKS", (replace(CHECKS[0], find_faults=refuse),))
    with app.app_context():
        results = checking.look(now=LONG_AGO)

    assert results[0].faults == (f"It could not look: {kind.__name__}.",)


def make_unsafe(app: Flask) -> None:
    write(app, OutboxItem(topic="a.topic", reference="x", state="attention", created_at=LONG_AGO, due_at=LONG_AGO))


def test_the_command_names_each_fault_and_exits_with_1(app: Flask) -> None:
    well = app.test_cli_runner().invoke(args=["self-check"])
    make_unsafe(app)
    faulty = app.test_cli_runner().invoke(args=["self-check"])

    assert well.exit_code == 0, well.output
    assert f"All {len(CHECKS)} checks are well." in well.output
    assert faulty.exit_code == 1
    assert "a.topic: 1 need a person's attention." in faulty.output
    assert faulty.output.rstrip().endswith(f"1 of {len(CHECKS)} checks found a fault: forgotten-work")


def test_the_page_shows_when_the_system_last_checked_itself_and_what_it_found(app: Flask, check, client: StrictClient) -> None:
    assert "not checked itself yet" in client.page("/promises").words("last-check")
    make_unsafe(app)
    faults = check()

    page = client.page("/promises")
    clause = client.page("/promises/P77")

    told = {row.get("data-id"): "fault" in "".join(row.itertext()) for row in clause.all("check-row")}
    assert "1 check found a fault." in page.words("last-check")
    assert told == {"daily-work": False, "breaches": False, "forgotten-work": True}
    assert not any(fault in page.text + clause.text for found in faults.values() for fault in found), "faults are for whoever can mend them"


def test_the_worker_checks_every_day(app: Flask) -> None:
    clock = app.extensions["clock"]
    with app.app_context():
        worker.run_due(now=clock.now())
        first = checking.last_run()
        clock.move(clock.now() + timedelta(days=1, minutes=1))
        worker.run_due(now=clock.now())
        second = checking.last_run()

    assert first is not None
    assert second is not None
    assert second.at - first.at >= timedelta(days=1)


def test_every_check_speaks_of_clauses() -> None:
    ids = [check.id for check in CHECKS]

    assert len(set(ids)) == len(ids)
    assert all(check.clauses for check in CHECKS)
    assert {clause for check in CHECKS for clause in check.clauses} <= set(clauses())
