"""Within which of a service's time limits an answer is due: by what is answered, or no one day at all."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from msewa.applications.deadlines import find_due, find_limit
from msewa.catalogue.building import build_definitions
from msewa.catalogue.rules import Definition
from msewa.catalogue.snapshot import to_definition
from msewa.catalogue.sources import read_sources
from tests.applications.conftest import Applicant
from tests.conftest import ClockHandle
from tests.people import sign_in

LAST_OF_YEAR, FIRST_OF_YEAR = date(2026, 12, 31), date(2027, 1, 1)
UNCHOSEN = {
    "completion-certificate",
    "da-mortgage",
    "da-ndc",
    "da-permission-transfer",
    "ews-certificate",
    "ppcb-cte",
    "ppcb-cto",
    "psiec-plot",
}


@pytest.fixture(scope="module")
def definitions() -> dict[str, Definition]:
    built = build_definitions(read_sources())
    return {slug: to_definition(content, version=1, digest="") for slug, content in built.items()}


def limit_of(definition: Definition, event: str, *, today: date) -> int | None:
    return find_limit(definition, answer=lambda key: event if key == "date_of_event" else "", today=today)


@pytest.mark.parametrize("slug", ["birth-certificate", "death-certificate"])
@pytest.mark.parametrize(
    ("event", "today", "days"),
    [
        ("2026-01-01", LAST_OF_YEAR, 2),
        ("2026-12-31", FIRST_OF_YEAR, 5),
        ("2027-01-01", FIRST_OF_YEAR, 2),
        ("2015-03-02", LAST_OF_YEAR, 5),
        ("", LAST_OF_YEAR, None),
    ],
)
def test_the_year_of_a_birth_or_death_chooses_the_limit(
    definitions: dict[str, Definition], slug: str, event: str, today: date, days: int | None
) -> None:
    assert limit_of(definitions[slug], event, today=today) == days


def test_a_definition_of_before_keeps_its_one_limit(definitions: dict[str, Definition]) -> None:
    built = build_definitions(read_sources())["birth-certificate"]
    del built["other_limit"]

    earlier = to_definition(json.loads(json.dumps(built)), version=1, digest="")

    assert limit_of(earlier, "2015-03-02", today=LAST_OF_YEAR) == 2
    assert earlier == replace(definitions["birth-certificate"], other_limit=None)


def test_where_nothing_asked_chooses_no_day_is_named(definitions: dict[str, Definition]) -> None:
    unchosen = {
        slug for slug, one in definitions.items() if one.days is not None and limit_of(one, "2026-06-01", today=LAST_OF_YEAR) is None
    }

    assert unchosen == UNCHOSEN


def test_a_service_with_one_limit_says_nothing_of_another() -> None:
    """Else its definition would have another seal, and so a new version, though nothing of it changed."""
    built = build_definitions(read_sources())

    assert {slug for slug, one in built.items() if "other_limit" in one} == UNCHOSEN | {"birth-certificate", "death-certificate"}


def texts(applicant: Applicant) -> list[str]:
    """Return the messages she was sent, the oldest first."""
    applicant.work()
    address = f"/sandbox/outbox.json?to={applicant.person.mobile.removeprefix('+91')}"
    return [message["text"] for message in json.loads(applicant.client.get(address).get_data())[::-1]]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_birth_of_an_earlier_year_is_due_in_five_working_days_wherever_a_day_is_named(harjinder: Applicant, clock: ClockHandle) -> None:
    friday = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    clock.advance(seconds=(friday - clock.now()).total_seconds())
    sign_in(harjinder.client, harjinder.person)
    base = harjinder.reviewed(date_of_event="02/03/2015")
    review = harjinder.page(f"{base}/review")

    harjinder.send(base)

    assert review.words("due-date") == harjinder.page(base).words("due-date") == "30/11/2026"
    assert "5 working days. 24/11 is a holiday." in " ".join(review.text.split())
    assert "by 30/11/2026" in harjinder.page(base).text
    assert "Answer by 30/11/2026" in harjinder.page("/applications").text
    assert texts(harjinder)[0].endswith("was sent. Answer due by 30/11/2026.")


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_the_form_can_not_tell_is_said_in_the_words_on_record(harjinder: Applicant) -> None:
    base = harjinder.reviewed("da-permission-transfer")
    review = harjinder.page(f"{base}/review")

    harjinder.send(base)

    for page in (review, harjinder.page(base)):
        assert page.words("due-date") == "Depends on the case"
        assert "15 working days." in page.text
        assert "45 days where based on GPA or will" in page.text
    assert "Answer by" not in harjinder.page("/applications").text
    assert texts(harjinder)[0].endswith(" was sent.")


def test_a_limit_of_the_right_to_information_act_counts_every_day(definitions: dict[str, Definition]) -> None:
    counted = {slug for slug, definition in definitions.items() if definition.day_unit == "calendar" and definition.kind != "complaint"}

    assert counted == {"rti-state", "rti-central"}
    assert find_due(LAST_OF_YEAR, days=definitions["rti-state"].days, unit=definitions["rti-state"].day_unit).on == date(2027, 1, 30)
