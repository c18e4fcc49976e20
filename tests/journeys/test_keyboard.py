"""Getting about without a mouse: where the focus is, and where it goes next."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
FOCUSED = """() => {
  const one = document.activeElement
  return one.getAttribute('name') || one.getAttribute('href') || one.dataset.testid
}"""


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def phone(request: pytest.FixtureRequest, visit: Callable[..., Visitor]) -> Visitor:
    """A phone, with scripts and without, in Punjabi."""
    return visit(language="pa", scripts=request.param)


def test_the_first_key_skips_to_the_page(phone: Visitor) -> None:
    phone.open("/services?q=pension")

    phone.page.keyboard.press("Tab")
    expect(phone.page.locator(".skip")).to_be_focused()
    expect(phone.page.locator(".skip")).to_be_in_viewport()
    phone.page.keyboard.press("Enter")
    phone.page.keyboard.press("Tab")

    assert phone.page.url.endswith("#main")
    assert phone.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_signing_in_goes_field_by_field(phone: Visitor) -> None:
    phone.open("/sign-in")
    phone.form("sign-in").locator("[name=mobile]").focus()

    passed = []
    for _ in range(3):
        phone.page.keyboard.press("Tab")
        passed.append(phone.page.evaluate(FOCUSED))

    assert passed == ["password", "submit", "/recover"]


def test_a_refused_form_puts_the_focus_on_what_is_wrong(phone: Visitor) -> None:
    phone.open("/sign-in")

    phone.form("sign-in").locator("[name=mobile]").fill("98765")
    phone.page.keyboard.press("Enter")

    expect(phone.at("error-summary")).to_be_focused()
    assert ": " in phone.page.title()
    phone.page.keyboard.press("Tab")
    phone.page.keyboard.press("Enter")
    expect(phone.form("sign-in").locator("[name=mobile]")).to_be_in_viewport()
    assert phone.form("sign-in").locator("[name=mobile]").input_value() == "98765"
