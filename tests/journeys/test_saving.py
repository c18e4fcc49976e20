"""A form that saves by itself: also while somebody still types, and never as if it had when it had not."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.citizen import Citizen
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def form(visit: Callable[..., Visitor], door: TestersDoor) -> Visitor:
    """A phone with scripts, at the step of a form that asks for the address."""
    phone = visit(language="en")
    she = Citizen(phone, door)
    she.signs_in("harjinder")
    phone.open("/services/birth-certificate")
    phone.send("apply")
    phone.at("page-applications.edit").wait_for()
    phone.open(f"{phone.path}?step=3")
    return phone


def address(page: Page) -> str:
    """Return the address as a fresh look at the step finds it."""
    page.reload()
    return page.locator("#address").input_value()


def test_what_is_typed_is_saved_without_leaving_the_field(form: Visitor) -> None:
    expect(form.page.locator("#saved")).to_have_text("Nothing saved yet.")

    form.page.locator("#address").click()
    form.page.keyboard.press("End")
    form.page.keyboard.type(" 17")

    expect(form.page.locator("#saved")).to_have_text(re.compile(r"^\s*Saved: \d\d/\d\d/\d{4}, \d\d:\d\d:\d\d\.\s*$"))
    assert form.page.evaluate("document.activeElement.id") == "address"
    assert address(form.page).endswith(" 17")


def test_a_line_that_is_away_leaves_the_time_of_the_last_saving_alone(form: Visitor) -> None:
    saved = form.page.locator("#saved")
    form.page.locator("#address").fill("House 1, before")
    expect(saved).to_contain_text("Saved: ")
    before = saved.inner_text()
    form.context.set_offline(True)

    with form.page.expect_event("requestfailed"):
        form.page.locator("#address").fill("House 2, lost")

    assert saved.inner_text() == before
    expect(form.form("application")).to_contain_text("As long as it does not, what you wrote is not saved.")
    form.context.set_offline(False)
    form.page.locator("#address").fill("House 3, after")
    expect(saved).not_to_have_text(before)
    form.faults = [fault for fault in form.faults if "ERR_INTERNET_DISCONNECTED" not in fault and "Failed to fetch" not in fault]
    assert address(form.page) == "House 3, after"


@pytest.mark.parametrize("status", [400, 503])
def test_an_error_is_told_beside_the_form_and_takes_nothing_away(form: Visitor, status: int) -> None:
    fault = f'<h1><span id="fault">Refused {status}</span></h1>'
    headers = {"Content-Type": "text/html", "HX-Retarget": "body", "HX-Reswap": "innerHTML"}
    form.page.route("**/edit?step=3", lambda route: route.fulfill(status=status, body=fault, headers=headers))

    form.page.locator("#address").fill("House 4, typed")

    expect(form.page.locator("#saved")).to_have_text(f"Refused {status}")
    expect(form.page.locator("#address")).to_have_value("House 4, typed")
    form.faults.clear()


def test_what_is_put_right_is_marked_no_longer(form: Visitor) -> None:
    form.send("application", address="", district="")
    expect(form.at("error-summary").get_by_role("link")).to_have_count(2)

    form.page.locator("#address").fill("House 5")
    form.page.keyboard.press("Tab")

    expect(form.at("error-summary").get_by_role("link")).to_have_count(1)
    expect(form.page.locator("#address")).not_to_have_attribute("aria-invalid", "true")
    expect(form.page.locator("#district")).to_have_attribute("aria-invalid", "true")
    expect(form.page.locator("#district")).to_be_focused()
    form.fill("application", district="barnala")
    expect(form.at("error-summary")).to_have_count(0)


def test_a_form_that_nothing_was_saved_of_looks_as_if_nothing_was(form: Visitor) -> None:
    expect(form.page.locator("#saved")).not_to_have_class(re.compile("note"))


def test_a_long_answer_is_seen_whole(form: Visitor) -> None:
    form.page.locator("#address").fill("ਮਕਾਨ ਨੰਬਰ 1452, ਗਲੀ ਨੰਬਰ 7, ਪੁਰਾਣੀ ਦਾਣਾ ਮੰਡੀ, ਹੰਡਿਆਇਆ ਰੋਡ, ਬਰਨਾਲਾ. " * 4)

    assert form.page.locator("#address").evaluate("one => one.scrollHeight <= one.clientHeight")
