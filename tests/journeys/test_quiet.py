"""What a visit leaves behind in the browser, and what a page never does."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.citizen import Citizen
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import OUR_COOKIES, Visitor

pytestmark = pytest.mark.browser
KEPT = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  databases: (await indexedDB.databases()).map(one => one.name), caches: await caches.keys(),
})"""
NOTHING = {"local": [], "session": [], "workers": 0, "databases": [], "caches": []}


@pytest.fixture
def phone(visit: Callable[..., Visitor]) -> Visitor:
    """A phone with scripts, in English."""
    return visit(language="en")


@pytest.mark.promise("P50")
def test_nothing_of_a_visit_is_left_in_the_browser(phone: Visitor, door: TestersDoor) -> None:
    she = Citizen(phone, door)

    she.signs_in("harjinder")
    she.visits("/profile", "/services?q=pension", "/applications", "/account/security")
    kept = phone.page.evaluate(KEPT)
    cookies = phone.context.cookies()

    assert kept == NOTHING
    assert {cookie["name"] for cookie in cookies} <= OUR_COOKIES
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in cookies)
    assert not any(she.facts["mobile"] in cookie["value"] or "Harjinder" in cookie["value"] for cookie in cookies)


@pytest.mark.promise("P6")
def test_looking_around_sets_no_cookie(phone: Visitor) -> None:
    for path in ("/", "/services?q=pension", "/providers", "/schemes", "/privacy/policy", "/accessibility"):
        phone.open(path)

    assert phone.context.cookies() == []


def test_a_page_restored_after_signing_out_shows_nothing_of_her(phone: Visitor, door: TestersDoor) -> None:
    she = Citizen(phone, door)
    she.signs_in("harjinder")
    she.visits("/profile")
    phone.at("sign-out").click()
    phone.arrives("accounts.sign_out")

    phone.page.go_back()

    expect(phone.at("page-accounts.sign_in")).to_be_visible()
    assert "Harjinder" not in phone.page.content()


def test_markup_that_somebody_planted_stays_inert(phone: Visitor) -> None:
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.page.route("**/services?*", _plant)

    phone.open("/services?q=pension")
    phone.page.locator("#planted").click()
    phone.form("search").locator("[name=district]").select_option("barnala")
    phone.page.wait_for_url("**district=barnala**")

    assert phone.page.evaluate("window.hit") is None
    assert not any("/planted" in url for url in asked)
    assert any("script-src" in fault for fault in phone.faults)
    phone.faults.clear()


PLANTED = """<img src="data:," onerror="window.hit = 1"><script>window.hit = 1</script>
<div hx-get="/planted" hx-trigger="load">planted</div>
<button id="planted" onclick="window.hit = 1" hx-get="/planted">planted</button></main>"""


def _plant(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("</main>", PLANTED))
