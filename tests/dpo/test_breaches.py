"""A breach drill: exactly those concerned are told, and both clocks run (r. 7, P77)."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from msewa.accounts.looking import look
from msewa.dpo import rules
from msewa.dpo.operations import breaches as operations
from msewa.dpo.queries import get_breach
from msewa.extensions import db, writing
from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat, seat

INDIA = ZoneInfo("Asia/Kolkata")
SAID = {
    "nature": "An account of an officer was used by somebody else.",
    "extent": "Addresses of a few people.",
    "consequences": "You may get unwanted letters.",
    "mitigation": "The account is shut.",
    "advice": "Tell nobody a code.",
}
WORDS = {f"{part}_{code}": f"{words} ({code})" for part, words in SAID.items() for code in ("en", "pa", "hi")}
WORDS["causes"] = "A password was shared."


@pytest.fixture
def rogue(app: Flask) -> Seat:
    return seat(app, role="officer", office="bdpo", full_name="Rogue Clerk")


def looked_at(whom: Seat, by: Seat) -> None:
    with whom.app.app_context(), writing():
        now = whom.app.extensions["clock"].now()
        look(whom.person.id, actor=by.person.actor, reason="no good one", fields=["address"], now=now)
        db.session.commit()


def written_down(officer: Seat, clock: ClockHandle, **other: Any) -> Any:
    now = clock.now().astimezone(INDIA)
    span = {"began_at": f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M}", "ended_at": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}"}
    return officer.client.submit("/dpo/breaches/new", "breach", **{**WORDS, **span, **other})


def told(officer: Seat, clock: ClockHandle, **other: Any) -> str:
    answer = written_down(officer, clock, **other)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    number = answer.headers["Location"].rpartition("/")[2]
    officer.work()
    assert officer.client.submit(f"/dpo/breaches/{number}", "tell").status_code == 303
    officer.work()
    return number


@pytest.mark.promise("P77")
def test_a_drill_reaches_exactly_those_whom_the_account_looked_at(
    app: Flask, anita: Seat, harjinder: Seat, stranger: Seat, rogue: Seat, clock: ClockHandle
) -> None:
    earlier, other = seat(app, full_name="Earlier Kaur"), seat(app, role="officer", office="bdpo", full_name="Honest Clerk")
    looked_at(earlier, rogue)
    clock.advance(hours=5)
    looked_at(harjinder, rogue)
    looked_at(stranger, other)

    number = told(anita.again(), clock, actor=rogue.person.id)

    reached = {
        one.person.full_name: one.messages().count("breach_notice") for one in (harjinder.again(), stranger.again(), earlier.again())
    }
    assert reached == {harjinder.person.full_name: 1, "Stranger Kaur": 0, "Earlier Kaur": 0}
    assert "breach.told" in harjinder.acts()
    assert [one.client.get(f"/notices/{number}").status_code for one in (harjinder, stranger, earlier)] == [200, 404, 404]


@pytest.mark.promise("P77")
def test_the_last_minute_counts_to_its_end_and_the_next_does_not(
    app: Flask, anita: Seat, harjinder: Seat, stranger: Seat, rogue: Seat, clock: ClockHandle
) -> None:
    minute = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=5)
    for whom, seconds in ((harjinder, 40), (stranger, 60)):
        clock.advance(seconds=(minute + timedelta(seconds=seconds) - clock.now()).total_seconds())
        looked_at(whom, rogue)

    told(anita, clock, actor=rogue.person.id, ended_at=f"{minute.astimezone(INDIA):%Y-%m-%dT%H:%M}")

    assert [one.messages() for one in (harjinder, stranger)] == [["breach_notice"], []]


@pytest.mark.promise("P77")
@pytest.mark.parametrize(
    ("scope", "reached"), [({"office": "bdpo"}, [1, 0]), ({"act": "looked"}, [1, 1]), ({"act": "application.begun"}, [0, 1])]
)
def test_each_part_of_the_mark_counts(
    app: Flask, anita: Seat, harjinder: Seat, stranger: Seat, rogue: Seat, clock: ClockHandle, scope: dict[str, str], reached: list[int]
) -> None:
    looked_at(harjinder, rogue)
    looked_at(stranger, seat(app, role="officer", office="lg", full_name="Honest Clerk"))
    stranger.client.submit("/services/birth-certificate", "apply")

    told(anita, clock, **scope)

    assert [one.messages().count("breach_notice") for one in (harjinder, stranger)] == reached


@pytest.mark.promise("P77")
def test_she_reads_it_above_every_page_until_she_has_read_it(anita: Seat, harjinder: Seat, rogue: Seat, clock: ClockHandle) -> None:
    looked_at(harjinder, rogue)
    before = harjinder.client.page("/profile").all("breach-alert")
    number = told(anita, clock, act="looked", office="bdpo")

    alert = harjinder.client.page("/profile").all("breach-alert")
    notices = {code: harjinder.client.page(f"/notices/{number}?lang={code}").text for code in ("pa", "hi", "en")}
    harjinder.client.submit(f"/notices/{number}", "read")

    assert before == []
    assert len(alert) == 1
    for code, notice in notices.items():
        assert [part for part in WORDS if WORDS[part] in notice] == [f"{part}_{code}" for part in SAID]
    assert harjinder.client.page("/profile").all("breach-alert") == []


@pytest.mark.promise("P77")
def test_whoever_paused_her_account_is_told_too(anita: Seat, harjinder: Seat, rogue: Seat, clock: ClockHandle) -> None:
    looked_at(harjinder, rogue)
    harjinder.client.submit("/account/deregister", "deregister")

    told(anita, clock, actor=rogue.person.id)

    assert harjinder.messages() == ["breach_notice"]


@pytest.mark.promise("P77")
def test_it_can_be_told_to_the_owners_of_named_applications(anita: Seat, harjinder: Seat, stranger: Seat, clock: ClockHandle) -> None:
    harjinder.client.submit("/services/birth-certificate", "apply")
    ref = harjinder.client.page("/applications").one("application-row").get("data-id")

    told(anita, clock, references=f"{ref}\n{ref.lower()}\n")

    assert harjinder.messages() == ["breach_notice"]
    assert stranger.messages() == []


def test_nobody_is_told_twice(app: Flask, anita: Seat, harjinder: Seat, rogue: Seat, clock: ClockHandle) -> None:
    looked_at(harjinder, rogue)
    number = told(anita, clock, actor=rogue.person.id)
    page = anita.client.page(f"/dpo/breaches/{number}")
    with app.app_context(), writing():
        operations.tell_batch(f"{get_breach(number).id}:", now=clock.now())
        operations.gather(f"{get_breach(number).id}:", now=clock.now())
        db.session.commit()

    assert page.all("form-tell") == []
    assert harjinder.messages() == ["breach_notice"]


def test_many_people_are_found_batch_by_batch(
    app: Flask, anita: Seat, rogue: Seat, clock: ClockHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "BATCH", 2)
    crowd = [seat(app, full_name=f"Citizen {number}") for number in range(5)]
    for one in crowd:
        looked_at(one, rogue)

    number = told(anita, clock, actor=rogue.person.id)

    assert rules.BATCH == 200
    assert [one.messages() for one in crowd] == [["breach_notice"]] * 5
    assert "5" in anita.client.page(f"/dpo/breaches/{number}").text


def test_before_everybody_is_found_nobody_is_told(anita: Seat, harjinder: Seat, clock: ClockHandle) -> None:
    number = written_down(anita, clock, act="looked").headers["Location"].rpartition("/")[2]
    token = anita.client.page("/dpo/breaches/new").fields("breach")["csrf_token"]

    assert anita.client.post(f"/dpo/breaches/{number}", data={"csrf_token": token}).status_code == 409


def test_the_board_has_72_hours_and_the_page_says_when_they_are_over(anita: Seat, clock: ClockHandle) -> None:
    number = written_down(anita, clock, act="looked").headers["Location"].rpartition("/")[2]
    early = anita.client.page(f"/dpo/breaches/{number}").text
    clock.advance(hours=72, minutes=1)
    late = anita.again().client.page(f"/dpo/breaches/{number}")

    assert "The clock runs" in early
    assert "Overdue" in late.text
    assert WORDS["causes"] in "".join(late.one("board-notice").itertext())


@pytest.mark.promise("P77")
def test_the_clock_stops_when_the_board_has_the_report_and_not_before(
    anita: Seat, harjinder: Seat, rogue: Seat, clock: ClockHandle
) -> None:
    looked_at(harjinder, rogue)
    number = told(anita, clock, actor=rogue.person.id)
    waits = [row.get("data-id") for row in anita.client.page("/dpo").all("breach-row")]

    assert anita.client.submit(f"/dpo/breaches/{number}", "board").status_code == 303

    clock.advance(hours=72, minutes=1)
    page = anita.again().client.page(f"/dpo/breaches/{number}")
    assert waits == [number]
    assert page.words("board-clock") == "Reported to the Board"
    assert page.all("form-board") == []
    assert anita.client.page("/dpo").all("breach-row") == []
    assert "breach.reported" in anita.acts()


@pytest.mark.parametrize(
    "other",
    [
        {"nature_en": ""},
        {"advice_pa": " "},
        {"act": ""},
        {"references": "not a number"},
        {"began_at": ""},
        {"ended_at": "2001-01-01T00:00"},
        {"began_at": "yesterday"},
        {"began_at": "0001-01-01T00:00"},
        {"ended_at": "9999-12-31T23:59"},
    ],
    ids=lambda other: "-".join(other),
)
def test_a_breach_that_lacks_something_is_asked_again(anita: Seat, clock: ClockHandle, other: dict[str, str]) -> None:
    assert written_down(anita, clock, **{"act": "looked", **other}).status_code == 422
