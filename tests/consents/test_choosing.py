"""Choosing: events that are added and never changed, what a no ends, and what is_allowed then says."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.consents import queries, receipts
from msewa.consents.models import ChoiceEvent
from msewa.consents.operations import EXPIRE, NoSwitchError, choose, expire_due, on_withdrawal
from msewa.consents.purposes import get_purpose, purposes, shown
from msewa.consents.rules import NOT_ASKED, OUTCOMES, Event
from msewa.extensions import db, writing
from msewa.ledger.queries import list_entries
from msewa.outbox.models import OutboxItem
from msewa.web.errors import NoSuchRowError
from tests.conftest import ClockHandle
from tests.installation import Installation
from tests.people import Somebody, somebody

CHOICES = ("promo.own", "promo.gov", "promo.private", "newsletter", "digest", "statistics", "channel.sms", "channel.email")


@pytest.fixture
def her(app: Flask) -> Somebody:
    return somebody(app)


def press(her: Somebody, purpose_id: str, event: Event, *, language: str = "pa") -> str:
    with her.app.app_context(), writing():
        receipt_id = choose(her.subject(), purpose_id, event, language=language, actor=her.actor, now=her.app.extensions["clock"].now())
        db.session.commit()
    return receipt_id


def allowed(her: Somebody) -> list[str]:
    with her.app.app_context():
        return [purpose_id for purpose_id in CHOICES if queries.is_allowed(her.id, purpose_id)]


def history(her: Somebody) -> list[tuple[str, str]]:
    with her.app.app_context():
        return [(event["purpose"], event["event"]) for event in queries.list_events(her.subject())]


@pytest.mark.promise("P38")
@pytest.mark.promise("P63")
def test_everything_is_off_and_unasked_at_first(her: Somebody) -> None:
    with her.app.app_context():
        choices = queries.list_choices(her.subject())

        assert [choice.purpose.id for choice in choices] == list(CHOICES)
        assert {choice.state for choice in choices} == {NOT_ASKED}
    assert allowed(her) == []


@pytest.mark.promise("P38")
@pytest.mark.parametrize("purpose_id", CHOICES)
def test_a_yes_allows_its_own_purpose_alone(her: Somebody, purpose_id: str) -> None:
    press(her, purpose_id, Event.GIVEN)

    assert allowed(her) == [purpose_id]


@pytest.mark.promise("P29")
@pytest.mark.parametrize("purpose_id", CHOICES)
def test_withdrawing_a_choice_stops_its_use(her: Somebody, purpose_id: str) -> None:
    press(her, purpose_id, Event.GIVEN)

    press(her, purpose_id, Event.WITHDRAWN)

    assert allowed(her) == []
    assert history(her) == [(purpose_id, "given"), (purpose_id, "withdrawn")]


@pytest.mark.promise("P44")
def test_a_purpose_that_nobody_has_published_grants_nothing(her: Somebody) -> None:
    with her.app.app_context(), writing():
        assert not queries.is_allowed(her.id, "anything.else")
        with pytest.raises(NoSuchRowError):
            choose(her.subject(), "anything.else", Event.GIVEN, language="en", actor=her.actor, now=her.app.extensions["clock"].now())


def test_what_the_law_requires_has_no_switch(her: Somebody) -> None:
    with her.app.app_context(), writing():
        for purpose in purposes().values():
            if not purpose.is_choice:
                assert queries.is_allowed(her.id, purpose.id)
                with pytest.raises(NoSwitchError):
                    choose(her.subject(), purpose.id, Event.REFUSED, language="en", actor=her.actor, now=her.app.extensions["clock"].now())


def test_pressing_again_adds_nothing_and_gives_the_same_receipt(her: Somebody) -> None:
    first = press(her, "digest", Event.GIVEN)

    again = press(her, "digest", Event.GIVEN)

    assert first == again
    assert history(her) == [("digest", "given")]


def test_every_state_knows_every_event() -> None:
    assert set(OUTCOMES) == {NOT_ASKED, *Event}
    assert all(outcome in set(Event) for table in OUTCOMES.values() for outcome in table.values())


def test_a_choice_points_to_the_words_that_were_shown(her: Somebody) -> None:
    press(her, "statistics", Event.GIVEN, language="hi")

    with her.app.app_context():
        (event,) = queries.list_events(her.subject())
        words = shown(get_purpose("statistics"), "hi")
        receipt = queries.get_receipt(her.subject(), event["receipt"])

    assert event["notice"] == {"version": 1, "language": "hi", "sha256": words.sha256}
    assert event["policy"] == "1.0"
    assert receipt.record["hasProcess"]["hasNotice"]["in-dpdp:sha256"] == words.sha256


def test_a_choice_lies_sealed_but_for_what_is_allowed_asks(her: Somebody) -> None:
    receipt_id = press(her, "statistics", Event.GIVEN)

    with her.app.app_context():
        row = db.session.scalars(select(ChoiceEvent)).one()

        assert receipt_id.encode() not in row.sealed
        assert set(ChoiceEvent.__table__.columns.keys()) == {"account_id", "purpose_id", "number", "state", "version", "at", "sealed"}


def test_every_choice_stands_in_her_ledger(her: Somebody) -> None:
    press(her, "promo.own", Event.REFUSED)

    with her.app.app_context():
        entry = list_entries(her.subject())[0]

    assert (entry["act"], entry["about"], entry["actor"]["kind"]) == ("choice.refused", "promo.own", "citizen")


@pytest.mark.promise("P64")
def test_what_rests_on_a_choice_ends_in_the_transaction_of_the_no(her: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[tuple[str, bool]] = []

    def end(account_id: str, /, *, now: datetime) -> None:
        ended.append((account_id, queries.is_allowed(account_id, "newsletter", now=now)))

    monkeypatch.setitem(her.app.extensions, "withdrawal_hooks", {})
    on_withdrawal(her.app, "newsletter", end)
    press(her, "newsletter", Event.GIVEN)
    assert ended == []

    press(her, "newsletter", Event.WITHDRAWN)

    assert ended == [(her.id, False)]


def test_a_hook_that_fails_leaves_the_choice_as_it_was(her: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(account_id: str, /, *, now: datetime) -> None:
        raise RuntimeError(now)

    monkeypatch.setitem(her.app.extensions, "withdrawal_hooks", {})
    press(her, "newsletter", Event.GIVEN)
    on_withdrawal(her.app, "newsletter", fail)

    with pytest.raises(RuntimeError):
        press(her, "newsletter", Event.WITHDRAWN)

    assert history(her) == [("newsletter", "given")]


def test_a_yes_ends_with_its_time_even_before_the_worker_comes(her: Somebody, clock: ClockHandle) -> None:
    press(her, "promo.own", Event.GIVEN)
    press(her, "digest", Event.GIVEN)

    clock.advance(days=364, hours=23)
    assert allowed(her) == ["promo.own", "digest"]
    clock.advance(hours=1)

    assert allowed(her) == ["digest"]


def test_the_worker_notes_what_expired_and_asks_nobody(her: Somebody, clock: ClockHandle) -> None:
    press(her, "promo.own", Event.GIVEN)
    with her.app.app_context():
        due = db.session.scalars(select(OutboxItem).where(OutboxItem.topic == EXPIRE)).one()
    assert her.id not in due.reference

    moment = clock.advance(days=366)
    for _ in range(2):
        with her.app.app_context(), writing():
            expire_due(due.reference, now=moment)
            db.session.commit()

    assert due.due_at <= moment
    assert history(her) == [("promo.own", "given"), ("promo.own", "expired")]


def test_a_yes_after_its_time_is_a_renewal(her: Somebody, clock: ClockHandle) -> None:
    press(her, "promo.own", Event.GIVEN)
    clock.advance(days=400)

    press(her, "promo.own", Event.GIVEN)

    assert history(her) == [("promo.own", "given"), ("promo.own", "expired"), ("promo.own", "renewed")]
    assert allowed(her) == ["promo.own"]


def test_a_renewal_lasts_from_its_own_day(her: Somebody, clock: ClockHandle) -> None:
    press(her, "promo.own", Event.GIVEN)
    clock.advance(days=300)
    press(her, "promo.own", Event.RENEWED)
    clock.advance(days=300)

    with her.app.app_context(), writing():
        expire_due("", now=clock.now())
        db.session.commit()

    assert allowed(her) == ["promo.own"]


@pytest.fixture
def published(installation: Installation) -> Iterator[Path]:
    folder = installation.folder / "published"
    folder.mkdir()
    yield folder
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def publish(folder: Path, text: str, *, name: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def entry(purpose_id: str) -> str:
    whole = (Path(receipts.__file__).parent / "data" / "purposes.yaml").read_text(encoding="utf-8")
    start = whole.index(f"- id: {purpose_id}\n")
    return whole[start : whole.find("\n- id:", start) + 1]


@pytest.mark.promise("P44")
def test_raising_a_purposes_version_leaves_everyone_not_asked(her: Somebody, published: Path) -> None:
    press(her, "promo.gov", Event.GIVEN)
    press(her, "promo.own", Event.GIVEN)

    publish(published, entry("promo.gov").replace("version: 1", "version: 2"), name="purposes-2.yaml")

    assert allowed(her) == ["promo.own"]
    with her.app.app_context():
        states = {choice.purpose.id: choice.state for choice in queries.list_choices(her.subject())}
        assert get_purpose("promo.gov", version=1).version == 1
    assert states["promo.gov"] == NOT_ASKED
    press(her, "promo.gov", Event.GIVEN)
    assert allowed(her) == ["promo.own", "promo.gov"]


@pytest.mark.promise("P44")
def test_adding_a_purpose_leaves_everyone_not_asked(her: Somebody, published: Path) -> None:
    for purpose_id in CHOICES:
        press(her, purpose_id, Event.GIVEN)

    publish(published, entry("promo.own").replace("promo.own", "promo.new").replace("number: 4", "number: 99"), name="purposes-3.yaml")

    with her.app.app_context():
        states = {choice.purpose.id: choice.state for choice in queries.list_choices(her.subject())}
        assert states["promo.new"] == NOT_ASKED
        assert not queries.is_allowed(her.id, "promo.new")


@pytest.mark.promise("P44")
def test_a_raised_purpose_holds_from_its_day_on_with_its_old_words_kept(her: Somebody, published: Path, clock: ClockHandle) -> None:
    press(her, "promo.gov", Event.GIVEN)
    day = clock.now().date() + timedelta(days=40)
    with her.app.app_context():
        old = shown(get_purpose("promo.gov"), "hi").sha256
    raised = entry("promo.gov").replace("version: 1", "version: 2").replace("effective_on: 2026-11-23", f"effective_on: {day}")

    publish(published, raised, name="purposes-4.yaml")

    assert allowed(her) == ["promo.gov"]
    clock.advance(days=41)
    assert allowed(her) == []
    with her.app.app_context():
        assert get_purpose("promo.gov").version == 2
        assert shown(get_purpose("promo.gov", version=1), "hi").sha256 == old
