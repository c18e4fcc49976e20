"""Every page that the story does not pass, inspected in each language."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Browser

from tests.journeys.citizen import Citizen
from tests.journeys.inspection import Inspector
from tests.journeys.live_server import LiveServer
from tests.journeys.places import OPEN, OWN, PASSED_BY_THE_STORY, every_page
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["pa", "hi", "en"])
def test_every_page_is_for_everybody(
    browser: Browser, server: LiveServer, visit: Callable[..., Visitor], door: TestersDoor, language: str
) -> None:
    inspector = Inspector(browser, url=server.url, thorough=language == "pa")
    phone = visit(language=language)
    phone.open(f"/?lang={language}")
    inspector.accompany(phone)
    she = Citizen(phone, door)
    first_scheme = partial(phone.page.locator('main a[href^="/schemes/"]').first.get_attribute, "href")

    she.visits(*OPEN, "/schemes")
    she.visits(first_scheme() or "")
    she.signs_in("ramesh")
    she.visits(*OWN)
    she.looks_at_her_keys()
    she.says_it_was_not_her()
    phone.context.clear_cookies(name="session")
    she.forgets_her_password()
    she.loses_everything()

    assert every_page() <= inspector.seen | PASSED_BY_THE_STORY
    inspector.finish()
