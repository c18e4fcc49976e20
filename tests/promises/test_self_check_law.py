"""flask self-check: what a law took in secret, alone or for too long is injected on both databases and seen (P77)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from msewa.dpo.models import Breach, LegalDisclosure, LegalStep
from tests.people import somebody
from tests.promises.faults import LONG_AGO, write

pytestmark = [pytest.mark.promise("P77"), pytest.mark.usefixtures("prepared")]


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


@pytest.mark.parametrize(
    ("told", "whom"),
    [({"state": "ready"}, "the people concerned were"), ({"state": "told", "told_at": LONG_AGO}, "the Board was")],
    ids=["the people", "the Board"],
)
def test_a_breach_is_found_with_whoever_was_not_told_of_it(app: Flask, check, told: dict[str, Any], whom: str) -> None:
    times = {"began_at": LONG_AGO, "ended_at": LONG_AGO, "known_at": LONG_AGO}
    write(app, Breach(id="b" * 32, reference="K7M4TXQ9", data_key=b"", sealed=b"\x01" * 99, **times, **told))

    assert check()["breaches"] == (f"B-K7M4-TXQ9 is known for 72 hours, and {whom} not told.",)
