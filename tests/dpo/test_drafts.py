"""Which drafted texts are refused: what could not hold, is not whole, or comes too early (P10, P44)."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from flask import Flask

from msewa.consents.texts import SHIPPED
from msewa.dpo.drafts import DraftError, Fault, read_draft
from msewa.web.clock import day_of
from tests.conftest import ClockHandle
from tests.dpo.test_texts import WORDS, as_text, nothing_published, policy

__all__ = ["nothing_published"]


def section(name: str, **other: Any) -> dict[str, Any]:
    return {"id": name, "title": WORDS, "blocks": [{"text": WORDS}], **other}


def wrong(clock: ClockHandle, **other: Any) -> str:
    return as_text(policy(clock, **other))


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"version": "1.0"}, Fault.VERSION),
        ({"version": "../1.1"}, Fault.VERSION),
        ({"version": "²"}, Fault.VERSION),
        ({"changes": []}, Fault.CHANGES),
        ({"changes": [{"en": "Only English."}]}, Fault.LANGUAGES),
        ({"changes": [{**WORDS, "hi": " "}]}, Fault.LANGUAGES),
        ({"effective_on": "tomorrow"}, Fault.SHAPE),
        ({"sections": [{"id": "x"}]}, Fault.SHAPE),
        ({"sections": "none"}, Fault.SHAPE),
        ({"sections": []}, Fault.SHAPE),
        ({"sections": [section("x"), section("x")]}, Fault.SHAPE),
        ({"sections": [section("x", title="Only English")]}, Fault.LANGUAGES),
        ({"sections": [section("x", blocks=[{"text": "Only English"}])]}, Fault.LANGUAGES),
        ({"sections": [section("x", blocks=[{"rows": [["Only English"]]}])]}, Fault.LANGUAGES),
        ({"sections": [section("x", blocks=[{"txt": WORDS}])]}, Fault.SHAPE),
        ({"effective_on": datetime(2099, 1, 1, 9, tzinfo=UTC)}, Fault.SHAPE),
        ({"version": "1.99999999999"}, Fault.VERSION),
    ],
    ids=str,
)
def test_a_draft_that_could_not_hold_is_refused(app: Flask, clock: ClockHandle, other: dict[str, Any], fault: Fault) -> None:
    with app.app_context(), pytest.raises(DraftError) as error:
        read_draft("policy", wrong(clock, **other), today=day_of(clock.now()))

    assert error.value.fault == fault


@pytest.mark.parametrize(
    "text",
    ["{", "a: &x [1]\nb: *x", "[" * 1500, "", "42", "- - -", "effective_on: 2026-11-31", "a: !!bool x", "a: " + "9" * 5000],
    ids=["open", "alias", "deep", "empty", "number", "lists", "no such day", "no truth", "endless number"],
)
@pytest.mark.parametrize("name", ["policy", "purposes"])
def test_what_is_no_such_file_is_refused(app: Flask, clock: ClockHandle, name: str, text: str) -> None:
    with app.app_context(), pytest.raises(DraftError):
        read_draft(name, text, today=day_of(clock.now()))


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"version": 3}, Fault.VERSION),
        ({"reader": "msewa.nothing.reads"}, Fault.READER),
        ({"reader": "os"}, Fault.READER),
        ({"reader": "msewa.consents.queries"}, Fault.READER),
        ({"reader": "msewa.privacy.digesting"}, Fault.READER),
        ({"title": {"en": "Only English"}}, Fault.LANGUAGES),
        ({"title": ["en", "pa", "hi"]}, Fault.LANGUAGES),
        ({"title": {"en": " ", "pa": "x", "hi": "x"}}, Fault.LANGUAGES),
        ({"title": {"en": 5, "pa": "x", "hi": "x"}}, Fault.LANGUAGES),
        ({"ground": "because"}, Fault.SHAPE),
        ({"reader": 5}, Fault.SHAPE),
        ({"id": {}}, Fault.SHAPE),
        ({"id": "../x"}, Fault.SHAPE),
        ({"version": "2"}, Fault.SHAPE),
        ({"effective_on": "tomorrow"}, Fault.SHAPE),
        ({"effective_on": datetime(2099, 1, 1, 9, tzinfo=UTC)}, Fault.SHAPE),
        ({"categories": "contact"}, Fault.SHAPE),
        ({"valid_days": "long"}, Fault.SHAPE),
        ({"law": None}, Fault.LANGUAGES),
        ({"more": 1}, Fault.SHAPE),
    ],
    ids=str,
)
def test_an_entry_of_the_purposes_must_be_whole(app: Flask, clock: ClockHandle, other: dict[str, Any], fault: Fault) -> None:
    rows = yaml.safe_load((SHIPPED / "purposes.yaml").read_text())
    row = {**copy.deepcopy(next(one for one in rows if one["id"] == "newsletter")), "version": 2, **other}

    with app.app_context(), pytest.raises(DraftError) as error:
        read_draft("purposes", as_text([row]), today=day_of(clock.now()))

    assert error.value.fault == fault


@pytest.mark.promise("P34")
def test_a_purpose_that_nothing_reads_is_refused_though_its_reader_is_there(app: Flask, clock: ClockHandle) -> None:
    rows = yaml.safe_load((SHIPPED / "purposes.yaml").read_text())
    row = {**copy.deepcopy(next(one for one in rows if one["id"] == "newsletter")), "id": "letters", "number": 99}

    with app.app_context(), pytest.raises(DraftError) as error:
        read_draft("purposes", as_text([row]), today=day_of(clock.now()))

    assert error.value.fault == Fault.READER


@pytest.mark.promise("P44")
@pytest.mark.promise("P10")
@pytest.mark.parametrize(
    ("days", "other", "fault"),
    [(9, {}, Fault.POLICY), (-9, {}, Fault.TOO_EARLY), (9, {"id": "other.news", "version": 1}, Fault.VERSION)],
    ids=["alone", "early", "number"],
)
def test_no_purpose_goes_live_without_a_policy_of_its_day(
    app: Flask, clock: ClockHandle, days: int, other: dict[str, Any], fault: Fault
) -> None:
    rows = yaml.safe_load((SHIPPED / "purposes.yaml").read_text())
    row = {**next(one for one in rows if one["id"] == "newsletter"), "version": 2, **other}

    with app.app_context(), pytest.raises(DraftError) as error:
        read_draft("purposes", as_text([{**row, "effective_on": day_of(clock.now()) + timedelta(days=days)}]), today=day_of(clock.now()))

    assert error.value.fault == fault


def test_a_draft_of_yesterday_is_too_early(app: Flask, clock: ClockHandle) -> None:
    with app.app_context(), pytest.raises(DraftError) as error:
        read_draft("policy", wrong(clock), today=day_of(clock.advance(days=2)))

    assert error.value.fault == Fault.TOO_EARLY
