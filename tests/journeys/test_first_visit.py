"""What a first visit of the search costs on a slow line, and that nothing she does is lost while htmx is still on its way."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Request, Route, expect

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
MOST_BYTES, MOST_REQUESTS = 20_480, 5


@pytest.fixture
def phone(visit: Callable[..., Visitor]) -> Visitor:
    """A phone with scripts, in Punjabi, that has never been here."""
    return visit(language="pa")


@pytest.fixture
def asked(phone: Visitor) -> list[str]:
    """The paths the phone asks for, as they come."""
    paths: list[str] = []
    phone.page.on("request", lambda request: paths.append(request.url.removeprefix(phone.url)))
    return paths


def _weight(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


@pytest.mark.parametrize("path", ["/services", "/schemes"])
def test_a_first_visit_fits_a_slow_line(phone: Visitor, path: str) -> None:
    sizes: list[int] = []
    phone.page.on("requestfinished", lambda request: sizes.append(_weight(request)))

    phone.open(path)
    phone.page.wait_for_load_state("networkidle")

    assert len(sizes) <= MOST_REQUESTS
    assert sum(sizes) <= MOST_BYTES


def test_htmx_comes_once_and_with_the_first_touch(phone: Visitor, asked: list[str]) -> None:
    phone.open("/services")
    phone.page.wait_for_load_state("networkidle")
    before = [path for path in asked if "htmx" in path]

    with phone.page.expect_request("**/htmx-*"):
        phone.page.locator("#q").focus()
    phone.page.locator("#q").press_sequentially("pension")
    phone.form("search").get_by_test_id("submit").click()
    phone.page.wait_for_url("**q=pension**")

    assert before == []
    assert len([path for path in asked if "htmx" in path]) == 1


def test_a_choice_made_before_htmx_is_there_counts_once_it_is(phone: Visitor, asked: list[str]) -> None:
    late: list[Route] = []
    phone.page.route("**/htmx-*", lambda route: late.append(route))
    phone.open("/services?q=pension")
    phone.page.evaluate("window.sameDocument = true")
    phone.form("search").locator("[name=district]").select_option("barnala")
    while not late:
        phone.page.wait_for_timeout(20)
    asked.clear()

    late.pop().continue_()
    phone.page.wait_for_url("**district=barnala**")

    expect(phone.form("search").locator("[name=district]")).to_have_value("barnala")
    assert phone.page.evaluate("window.sameDocument"), "the choice loaded the whole page"
    assert len([path for path in asked if path.startswith("/services?")]) == 1


def test_a_search_sent_before_htmx_is_there_goes_as_a_whole_page(phone: Visitor) -> None:
    phone.page.route("**/htmx-*", lambda route: route.abort())
    phone.open("/services")

    phone.page.locator("#q").fill("pension")
    phone.form("search").get_by_test_id("submit").click()
    phone.page.wait_for_url("**q=pension**")

    expect(phone.at("service-row").first).to_be_visible()
    phone.faults.clear()  # the line that fails here is one of the test's own
