"""Every page that the story does not pass, inspected in each language."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Browser

from tests.journeys.citizen import Citizen
from tests.journeys.inspection import Inspector
from tests.journeys.live_server import LiveServer
from tests.journeys.officer import Officer
from tests.journeys.places import OPEN, OWN, PASSED, every_page
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["pa", "hi", "en"])
def test_every_page_is_for_everybody(
    browser: Browser, server: LiveServer, visit: Callable[..., Visitor], door: TestersDoor, language: str
) -> None:
    inspector = Inspector(browser, url=server.url, thorough=language == "pa")
    phone, desk = visit(language=language), visit(language=language)
    inspector.accompany(phone)
    inspector.accompany(desk)
    he, anita = Citizen(phone, door), Officer(desk, door)

    walks_everywhere(he, server)
    changes_things(he)
    he.is_shown_the_door(server)
    anita.signs_in("anita")
    anita.drafts_a_policy()

    assert sorted(every_page() - inspector.seen - PASSED) == []
    inspector.finish()


def walks_everywhere(he: Citizen, server: LiveServer) -> None:
    """Open every address as somebody new here, signed in where it must be, and hear news."""
    he.browser.open(f"/?lang={he.browser.language}")
    first_scheme = partial(he.browser.page.locator('main a[href^="/schemes/"]').first.get_attribute, "href")
    he.visits(*OPEN, "/schemes")
    he.visits(first_scheme() or "")
    he.signs_in("ramesh")
    he.visits(*OWN)
    he.hears_news(server)


def changes_things(he: Citizen) -> None:
    """Change keys, take everything along, rest and come back, and lose everything, though not for good."""
    he.looks_at_her_keys()
    he.takes_her_data_along()
    he.wants_a_proof_at_once()
    he.names_somebody()
    he.rests_and_comes_back()
    he.says_it_was_not_her()
    he.forgets()
    he.forgets_her_password()
    he.loses_everything()
