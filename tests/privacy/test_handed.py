"""What a law had us hand over stands under where it went, as soon as she may be told, and not before."""

from datetime import timedelta

import pytest

from msewa.web.clock import day_of
from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat, anita, harjinder, jaspreet, stranger
from tests.dpo.test_demands import DEMAND, carried_out

__all__ = ["anita", "harjinder", "jaspreet", "stranger"]
NOTHING = "Nothing has gone to anybody."
WHERE = ("/privacy", "/privacy/shared")


@pytest.mark.promise("P27", "P29", "P30")
def test_after_the_gag_it_stands_where_everything_else_that_went_stands(
    anita: Seat, jaspreet: Seat, harjinder: Seat, clock: ClockHandle
) -> None:
    until = (clock.now() + timedelta(days=30)).date().isoformat()
    number = carried_out(anita, jaspreet, harjinder, fields=["full_name", "address"], gag_until=until, gag_basis="section 5")
    before = [harjinder.client.page(path) for path in WHERE]
    handed_on = f"{day_of(clock.now()):%d/%m/%Y}"

    clock.advance(days=32)
    harjinder.again().work()

    assert [page.all("law-row") for page in before] == [[], []]
    assert all(NOTHING in page.text for page in before)
    pages = [harjinder.client.page(path) for path in WHERE]
    assert [page.one("law-row").get("data-id") for page in pages] == [number] * 2
    assert [path for path, page in zip(WHERE, pages, strict=True) if NOTHING in page.text] == []
    for page in pages:
        assert all(said in page.words("law-row") for said in (DEMAND["authority"], DEMAND["provision"], handed_on))


@pytest.mark.promise("P27", "P30")
def test_it_says_by_what_instrument_what_went_and_leads_to_its_receipt(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    carried_out(anita, jaspreet, harjinder)

    row = harjinder.client.page("/privacy/shared").one("law-row")

    words = " ".join("".join(row.itertext()).split())
    links = [node.get("href") for node in row.iter() if "/receipts/" in node.get("href", "")]
    assert all(said in words for said in (DEMAND["instrument"], "2 things went", "Given out as a law requires"))
    receipt = harjinder.client.get(links[0]).get_json(force=True)
    assert receipt["hasProcess"]["hasRecipient"]["hasName"] == DEMAND["authority"]
    assert receipt["hasProcess"]["in-dpdp:sha256OfWhatWasSent"] in words.replace(" ", "").lower()


def test_nobody_else_reads_it(anita: Seat, jaspreet: Seat, harjinder: Seat, stranger: Seat) -> None:
    carried_out(anita, jaspreet, harjinder)

    assert [stranger.client.page(path).all("law-row") for path in WHERE] == [[], []]


@pytest.mark.promise("P27", "P30", "P52")
def test_whoever_leaves_reads_who_keeps_what_a_law_took(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    number = carried_out(anita, jaspreet, harjinder)

    row = harjinder.client.page("/account/delete").one("recipient-row")

    assert row.get("data-id") == number
    assert DEMAND["authority"] in "".join(row.itertext())
