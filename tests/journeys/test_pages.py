"""Every page that the story does not pass, inspected in each language."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Browser

from tests.journeys.citizen import Citizen
from tests.journeys.inspection import Inspector
from tests.journeys.live_server import LiveServer
from tests.journeys.officer import Officer
from tests.journeys.places import CONSOLE, OPEN, OWN, PASSED_AT_THE_CONSOLE, PASSED_BY_THE_STORY, every_page
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
    walks_everywhere(Citizen(phone, door), server)
    goes_to_the_officer(Citizen(phone, door), Officer(desk, door))

    assert sorted(every_page() - inspector.seen - PASSED_BY_THE_STORY) == []
    inspector.finish()


def walks_everywhere(he: Citizen, server: LiveServer) -> None:
    """Somebody new here opens every page, changes keys, hears news, rests, and loses everything but not for good."""
    he.browser.open(f"/?lang={he.browser.language}")
    first_scheme = partial(he.browser.page.locator('main a[href^="/schemes/"]').first.get_attribute, "href")
    he.visits(*OPEN, "/schemes")
    he.visits(first_scheme() or "")
    he.signs_in("ramesh")
    he.visits(*OWN)
    he.hears_news(server)
    he.looks_at_her_keys()
    he.takes_her_data_along()
    he.names_somebody()
    he.rests_and_comes_back()
    he.says_it_was_not_her()
    he.forgets()
    he.forgets_her_password()
    he.loses_everything()
    he.forgets()


def goes_to_the_officer(she: Citizen, anita: Officer) -> None:
    """Somebody who sent something complains, has it corrected and is told of a breach; the officer does her part."""
    she.signs_in("harjinder")
    application = she.applies("grievance-state", address="# 14, Handiaya Road")
    she.door.work()
    she.visits("/privacy", "/privacy/shared", "/privacy/receipts", f"/grievances/corrections/{application}")
    complaint = she.complains("data", "My village is spelt wrongly.")
    anita.signs_in("anita")
    anita.visits(*CONSOLE)
    anita.looks_up(she.facts["mobile"], case=anita.opens_a_case(), reason="She asked us to look")
    anita.answers(complaint)
    anita.demands(she.facts["mobile"])
    anita.drafts_a_policy()
    breach = anita.tells_of_a_breach(application)
    anita.visits("/dpo", "/dpo/grievances", "/dpo/legal", "/dpo/breaches", "/dpo/texts")
    she.visits("/privacy/looks", "/grievances", f"/grievances/{complaint}", f"/notices/{breach}")
    she.browser.press("read")
