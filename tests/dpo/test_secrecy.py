"""When she learns of a demand under law: at once, or at the end of its secrecy and not a day later (P30, P49)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from msewa.applications.references import new_reference
from msewa.closure.queries import count_held
from msewa.dpo.forms import INDIA
from msewa.dpo.holding import HOLDING
from msewa.dpo.rules import visible_at
from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat
from tests.dpo.test_demands import DEMAND, asked, carried_out, document, done, drafted, public


@pytest.mark.promise("P30")
def test_a_gag_hides_it_until_its_end_and_not_a_day_longer(anita: Seat, jaspreet: Seat, harjinder: Seat, clock: ClockHandle) -> None:
    until = (clock.now() + timedelta(days=30)).date()
    number = carried_out(anita, jaspreet, harjinder, gag_until=until.isoformat(), gag_basis="BNSS 2023, section 94(3)")
    document(anita, number)

    harjinder.work()
    hidden = harjinder.acts()
    clock.advance(days=29)
    harjinder.work()
    still = harjinder.acts()
    clock.advance(days=3)
    harjinder.again().work()

    assert "disclosure.law" not in hidden + still
    assert [entry["act"] for entry in harjinder.ledger()][:2] == ["disclosure.law"] * 2, "carried out, and opened once"
    assert harjinder.messages() == ["disclosure_shown"]
    assert public(anita)["law"] == "1"


@pytest.mark.promise("P30")
def test_what_leaving_counts_tells_of_no_demand_that_is_secret_yet(
    anita: Seat, jaspreet: Seat, harjinder: Seat, clock: ClockHandle
) -> None:
    def counted() -> int:
        with harjinder.app.app_context():
            return sum(one.rows for one in count_held(harjinder.person.id) if one.section == HOLDING.section)

    before = counted()
    until = (clock.now() + timedelta(days=30)).date()
    carried_out(anita, jaspreet, harjinder, gag_until=until.isoformat(), gag_basis="BNSS 2023, section 94(3)")
    hidden = counted()
    clock.advance(days=32)
    harjinder.again().work()

    assert (before, hidden, counted()) == (0, 0, 1)


@pytest.mark.promise("P30")
def test_the_last_secret_day_is_india_s_and_so_are_the_days_she_reads(
    anita: Seat, jaspreet: Seat, harjinder: Seat, clock: ClockHandle
) -> None:
    midnight = clock.now().astimezone(INDIA).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    last = midnight + timedelta(days=1)
    _move_to(clock, midnight + timedelta(hours=1))  # in Greenwich it is still the day before
    number = carried_out(anita.again(), jaspreet.again(), harjinder, gag_until=f"{last:%Y-%m-%d}", gag_basis="section 5")
    _move_to(clock, last + timedelta(hours=23, minutes=59))
    harjinder.again().work()
    before = harjinder.acts()
    _move_to(clock, last + timedelta(hours=24, minutes=1))
    harjinder.work()

    assert "disclosure.law" not in before
    entry = harjinder.ledger()[0]
    assert (entry["act"], entry["about"]) == ("disclosure.law", number)
    assert f"({midnight:%d/%m/%Y})" in entry["reason"]
    assert f"{last:%d/%m/%Y}" in anita.again().client.page(f"/dpo/legal/{number}").text


def _move_to(clock: ClockHandle, moment: datetime) -> None:
    clock.advance(seconds=(moment - clock.now()).total_seconds())


FOUND = {"act": "looked", "fields": ["account"]}


def found(seat: Seat) -> list[dict[str, Any]]:
    """Return the looks at whether somebody has an account, the newest first."""
    return [entry for entry in seat.ledger() if {key: entry[key] for key in FOUND} == FOUND]


@pytest.mark.promise("P30", "P46")
def test_that_a_demand_found_her_account_is_on_her_page_before_anything_is_opened(anita: Seat, harjinder: Seat) -> None:
    number = drafted(anita, harjinder)

    (look,) = found(harjinder)
    assert (look["about"], look["actor"]["id"]) == (number, anita.person.id)
    assert all(part in look["reason"] for part in (DEMAND["provision"], DEMAND["authority"], DEMAND["instrument"]))
    assert DEMAND["instrument"] in harjinder.client.page("/privacy/looks").text


@pytest.mark.promise("P30")
@pytest.mark.parametrize("ends", ["executed", "withdrawn", "forgotten"])
def test_under_a_gag_that_her_account_was_found_is_held_until_its_end_whatever_became_of_the_demand(
    anita: Seat, jaspreet: Seat, harjinder: Seat, clock: ClockHandle, ends: str
) -> None:
    secret = {"gag_until": (clock.now() + timedelta(days=30)).date().isoformat(), "gag_basis": "section 5"}
    number = carried_out(anita, jaspreet, harjinder, **secret) if ends == "executed" else drafted(anita, harjinder, **secret)
    if ends == "withdrawn":
        done(anita, number, "withdraw")
    drafted_on = clock.now().astimezone(INDIA)

    clock.advance(days=29)
    harjinder.again().work()
    hidden = found(harjinder)
    clock.advance(days=3)
    harjinder.again().work()

    assert hidden == []
    (look,) = found(harjinder)
    assert (look["about"], look["actor"]["id"]) == (number, anita.person.id)
    assert f"{DEMAND['instrument']} ({drafted_on:%d/%m/%Y})" in look["reason"]


@pytest.mark.promise("P49")
def test_of_a_life_in_danger_the_look_is_told_within_72_hours_too(anita: Seat, harjinder: Seat, clock: ClockHandle) -> None:
    far = (clock.now() + timedelta(days=60)).date().isoformat()
    drafted(anita, harjinder, ground="life", provision="", gag_until=far, gag_basis="Her life")

    clock.advance(hours=72, minutes=1)
    harjinder.again().work()

    assert len(found(harjinder)) == 1


def test_whether_it_is_secret_or_how_nobody_was_named_makes_no_other_answer(anita: Seat, harjinder: Seat, clock: ClockHandle) -> None:
    secret = {"gag_until": (clock.now() + timedelta(days=30)).date().isoformat(), "gag_basis": "section 5"}
    hits = [asked(anita, harjinder, **other) for other in ({}, secret)]
    misses = [asked(anita, harjinder, subject=nobody, **other) for nobody in ("9876500000", new_reference()) for other in ({}, secret)]

    assert [answer.status_code for answer in hits] == [303] * 2
    assert {answer.headers["Location"].rpartition("/")[0] for answer in hits} == {"/dpo/legal"}
    assert [answer.status_code for answer in misses] == [422] * 4
    assert all("Nobody has this number" in answer.get_data(as_text=True) for answer in misses)


def test_what_is_gagged_is_not_in_her_download(anita: Seat, jaspreet: Seat, harjinder: Seat, app: Flask, clock: ClockHandle) -> None:
    until = (clock.now() + timedelta(days=30)).date()
    carried_out(anita, jaspreet, harjinder, gag_until=until.isoformat(), gag_basis="section 5")

    with app.app_context():
        assert HOLDING.gather(harjinder.person.subject())["disclosures_under_law"] == []


def test_a_gag_that_is_over_hides_nothing() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)

    assert visible_at("law", gag_until=now - timedelta(days=1), now=now) == now
    assert visible_at("law", gag_until=now + timedelta(days=400), now=now) == now + timedelta(days=400)
    assert visible_at("life", gag_until=now + timedelta(days=400), now=now) == now + timedelta(hours=72)
