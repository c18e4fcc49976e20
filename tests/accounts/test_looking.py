"""Nobody but herself opens a citizen's data without a row on her page, and no page can forget it (P31, P47, P48)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from msewa.accounts.looking import LookNotKeptError, ReasonMissingError, look, read_ledger
from msewa.accounts.queries import get_contact
from msewa.crypto.envelope import EnvelopeError
from msewa.extensions import db, writing
from msewa.ledger.models import LedgerEntry
from msewa.ledger.operations import note_own_reading
from msewa.ledger.queries import list_entries, list_looks
from msewa.ledger.rules import SYSTEM, VISITOR, Actor, Kind
from msewa.web.errors import NoSuchRowError
from tests.conftest import ClockHandle
from tests.ledger.breaking import unguard
from tests.people import Somebody, sign_in, somebody
from tests.strict_client import StrictClient

DPO = Actor(Kind.DPO, "d" * 32)


@pytest.fixture
def her(app: Flask) -> Somebody:
    return somebody(app, full_name="Simranjit Kaur Planted")


@pytest.fixture
def room(app: Flask, her: Somebody) -> Iterator[Flask]:
    with app.app_context(), writing():
        yield app
        db.session.rollback()


@pytest.mark.promise("P48")
def test_a_look_opens_the_data_and_is_on_her_page(room: Flask, her: Somebody, clock: ClockHandle) -> None:
    subject = look(her.id, actor=DPO, reason="complaint 12", fields=["mobile", "full_name"], now=clock.now(), about="PB-7")

    assert get_contact(subject).full_name == "Simranjit Kaur Planted"
    [row] = list_looks(her.subject())
    assert row["act"] == "looked"
    assert row["actor"] == {"kind": "dpo", "id": "d" * 32, "office": ""}
    assert (row["fields"], row["reason"], row["about"]) == (["full_name", "mobile"], "complaint 12", "PB-7")


@pytest.mark.promise("P47")
@pytest.mark.parametrize(
    ("reason", "fields", "actor"), [("", ["mobile"], DPO), (" ", ["mobile"], DPO), ("case 4", [], DPO), ("x", ["y"], VISITOR)]
)
def test_nobody_looks_without_a_reason_a_field_and_a_name(
    room: Flask, her: Somebody, clock: ClockHandle, reason: str, fields: list[str], actor: Actor
) -> None:
    with pytest.raises(ReasonMissingError):
        look(her.id, actor=actor, reason=reason, fields=fields, now=clock.now())
    assert list_looks(her.subject()) == []


def test_there_is_nothing_to_look_at_where_nobody_is(room: Flask, clock: ClockHandle) -> None:
    with pytest.raises(NoSuchRowError):
        look("0" * 32, actor=DPO, reason="case 4", fields=["mobile"], now=clock.now())


@pytest.mark.promise("P31")
@pytest.mark.promise("P48")
@pytest.mark.parametrize("how", ["flush", "rollback"])
def test_no_answer_leaves_over_a_look_that_was_not_committed(app: Flask, her: Somebody, clock: ClockHandle, how: str) -> None:
    with app.test_request_context("/desk"), writing():
        look(her.id, actor=DPO, reason="case 4", fields=["full_name"], now=clock.now())
        getattr(db.session, how)()

        with pytest.raises(LookNotKeptError):
            app.process_response(app.response_class("what was looked at"))


@pytest.mark.promise("P48")
def test_no_answer_leaves_over_a_look_that_went_with_its_savepoint(app: Flask, her: Somebody, clock: ClockHandle) -> None:
    with app.test_request_context("/desk"), writing():
        with db.session.begin_nested() as inner:
            look(her.id, actor=DPO, reason="case 4", fields=["full_name"], now=clock.now())
            inner.rollback()
        db.session.commit()

        with pytest.raises(LookNotKeptError):
            app.process_response(app.response_class("what was looked at"))


def test_an_answer_leaves_over_a_look_that_was_committed(app: Flask, her: Somebody, clock: ClockHandle) -> None:
    with app.test_request_context("/desk"), writing():
        look(her.id, actor=DPO, reason="case 4", fields=["full_name"], now=clock.now())
        db.session.commit()

        assert app.process_response(app.response_class("what was looked at")).status_code == 200
        assert len(list_looks(her.subject())) == 1


def test_a_refusal_needs_no_row(app: Flask, her: Somebody, clock: ClockHandle) -> None:
    with app.test_request_context("/desk"), writing():
        look(her.id, actor=DPO, reason="case 4", fields=["full_name"], now=clock.now())
        db.session.rollback()

        assert app.process_response(app.response_class("no", 409)).status_code == 409


@pytest.mark.promise("P48")
def test_staff_who_read_her_ledger_stand_in_it(room: Flask, her: Somebody, clock: ClockHandle) -> None:
    rows = read_ledger(her.id, actor=DPO, reason="complaint 12", now=clock.now())

    assert rows[0]["act"] == "ledger.read"
    assert rows[0]["actor"]["kind"] == "dpo"
    assert [row["act"] for row in list_looks(her.subject())] == ["ledger.read"]


def test_her_own_reading_is_kept_once_a_day(room: Flask, her: Somebody, clock: ClockHandle) -> None:
    subject, now = her.subject(), clock.now()

    kept = [note_own_reading(subject, actor=her.actor, now=now + timedelta(hours=hours)) for hours in (0, 0, 24, 24, 48)]

    assert kept == [True, False, True, False, True]
    assert [row["act"] for row in list_entries(subject)].count("ledger.read") == 3
    assert list_looks(subject) == [], "her own doing is no look"


def test_pages_that_she_opens_at_the_same_time_are_one_reading(app: Flask, her: Somebody) -> None:
    browsers = [StrictClient.of(app) for _ in range(4)]
    for browser in browsers:
        sign_in(browser, her)

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(lambda browser: browser.get("/privacy/looks").status_code, browsers))

    assert answers == [200] * len(browsers)
    with app.app_context():
        assert [row["act"] for row in list_entries(her.subject())].count("ledger.read") == 1


def test_looks_are_listed_newest_first_and_page_by_page(room: Flask, her: Somebody, clock: ClockHandle) -> None:
    for step in range(5):
        look(her.id, actor=DPO, reason=f"case {step}", fields=["mobile"], now=clock.now())
        note_own_reading(her.subject(), actor=her.actor, now=clock.now() + timedelta(days=step))

    first = list_looks(her.subject(), limit=2)
    second = list_looks(her.subject(), limit=9, before=first[-1]["number"])

    assert [row["reason"] for row in first + second] == [f"case {step}" for step in (4, 3, 2, 1, 0)]


@pytest.mark.promise("P69")
def test_a_look_passed_off_as_her_own_doing_does_not_open(room: Flask, her: Somebody, clock: ClockHandle) -> None:
    look(her.id, actor=DPO, reason="case 4", fields=["mobile"], now=clock.now())
    unguard()
    db.session.execute(update(LedgerEntry).where(LedgerEntry.subject_id == her.id).values(by_other=False))

    with pytest.raises(EnvelopeError):
        list_entries(her.subject())


def test_the_system_itself_does_not_look(room: Flask, her: Somebody, clock: ClockHandle) -> None:
    look(her.id, actor=SYSTEM, reason="monthly digest", fields=["language"], now=clock.now())

    assert list_looks(her.subject()) == []
    assert db.session.scalars(select(LedgerEntry.by_other).where(LedgerEntry.subject_id == her.id)).all().count(True) == 0
