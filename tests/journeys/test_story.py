"""The whole journey: with scripts and without, in each language, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.inspection import Inspector
from tests.journeys.live_server import LiveServer
from tests.journeys.people import make_applicant
from tests.journeys.places import PASSED_BY_THE_STORY
from tests.journeys.story import SERVICE, Story
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
DECLARED = {
    "full_name",
    "relation_to_beneficiary",
    "mother_name",
    "father_name",
    "date_of_event",
    "place_of_event",
    "gender",
    "mobile",
    "address",
    "district",
    "tehsil",
}
VARIANTS = [("embedded", "pa", True), ("embedded", "hi", False), ("postgres", "en", True)]


@pytest.fixture
def inspector(browser: Browser, server: LiveServer, language: str) -> Iterator[Inspector]:
    """Somebody who looks at every page of the story; in one language also in the dark."""
    inspector = Inspector(browser, url=server.url, thorough=language == "pa")
    yield inspector
    inspector.finish()


@pytest.mark.parametrize(("server", "language", "scripts"), VARIANTS, indirect=["server"], ids=["pa", "hi-without-scripts", "en-postgres"])
@pytest.mark.promise("P15", "P16", "P27", "P32")
def test_a_woman_in_barnala_applies_for_a_birth_certificate(
    visit: Callable[..., Visitor], inspector: Inspector, door: TestersDoor, language: str, scripts: bool, tmp_path: Path
) -> None:
    phone, tablet = visit(language=language, scripts=scripts), visit(language=language, scripts=scripts)
    inspector.accompany(phone)
    inspector.accompany(tablet)
    story = Story(make_applicant(language), phone, door, tmp_path)

    story.finds_the_service()
    story.opens_an_account()
    story.begins_and_leaves()
    story.continues_on(tablet)
    story.fills_the_rest()
    reviewed = story.lines_shown()
    story.reviews_and_sends()
    payload = story.received()
    story.follows_it()
    story.signs_out()
    story.signs_in(tablet)
    story.ends_another_visit(phone)
    story.signs_out()
    story.loses_her_phone()

    assert payload["service"] == SERVICE
    assert payload["fields"].keys() == DECLARED
    assert reviewed == DECLARED | {"id_proof"}
    assert payload["fields"]["relation_to_beneficiary"] == "guardian"
    assert inspector.seen >= PASSED_BY_THE_STORY
    assert [paper["name"] for paper in payload["papers"]] == ["card.pdf"]
