"""When she learns of a demand under law: at once, or at the end of its secrecy and not a day later (P30, P49)."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from msewa.closure.queries import count_held
from msewa.dpo.forms import INDIA
from msewa.dpo.holding import HOLDING
from msewa.dpo.rules import visible_at
from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat
from tests.dpo.test_demands import carried_out, document, public


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
