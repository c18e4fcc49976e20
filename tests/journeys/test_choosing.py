"""What a browser would say in its own language, or against its own colours, is said by the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.citizen import Citizen
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
PAPERS = "/services/birth-certificate"


@pytest.mark.parametrize(("has", "offered", "other"), [("light", "dark", "light"), ("dark", "light", "dark")])
def test_the_foot_offers_the_colours_that_the_screen_does_not_have(
    visit: Callable[..., Visitor], has: str, offered: str, other: str
) -> None:
    here = visit(language="en", color_scheme=has)
    here.open("/accessibility")

    expect(here.page.locator(f"footer a[href$='theme={offered}']")).to_be_visible()
    expect(here.page.locator(f"footer a[href$='theme={other}']")).to_be_hidden()
    here.page.locator(f"footer a[href$='theme={offered}']").click()
    expect(here.page.locator(f"footer a[href$='theme={other}']")).to_be_visible()
    expect(here.page.locator(f"footer a[href$='theme={offered}']")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_chosen_in_her_language_and_by_keyboard(visit: Callable[..., Visitor], door: TestersDoor, scripts: bool) -> None:
    phone = visit(language="pa", scripts=scripts)
    Citizen(phone, door).signs_in("harjinder")
    phone.open(PAPERS)
    phone.send("apply")
    phone.at("page-applications.edit").wait_for()
    phone.open(f"{phone.path}?step=4")
    chosen, button = phone.page.locator("[type=file]").first, phone.page.locator("[type=file] + label").first

    chosen.focus()

    assert button.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    expect(button).to_have_text("ਫ਼ਾਈਲ ਚੁਣੋ")
    # Without scripts nothing but the browser's own field can show which file was chosen.
    assert chosen.evaluate("one => getComputedStyle(one).opacity") == ("0" if scripts else "1")
    with phone.page.expect_file_chooser():
        button.click()


def test_the_chosen_kind_of_office_looks_chosen(visit: Callable[..., Visitor]) -> None:
    here = visit(language="pa")
    here.open("/providers?kind=utility")

    chosen, other = (here.page.locator(f"nav .chip{which}").first for which in ("[aria-current]", ":not([aria-current])"))

    assert len({one.evaluate("one => getComputedStyle(one).backgroundColor") for one in (chosen, other)}) == 2
