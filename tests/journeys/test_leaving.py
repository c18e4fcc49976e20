"""One woman's story: she allows something and takes it back, sees who looked, asks, leaves for good, and comes back as nobody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Request, expect

from tests.journeys.citizen import Citizen
from tests.journeys.inspection import Inspector
from tests.journeys.live_server import LiveServer
from tests.journeys.officer import Officer
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
PURPOSE = "newsletter"
REASON = "Her number was read to us on the helpline"
ROWS = {
    "/applications": "application-row",
    "/grievances": "grievance-row",
    "/privacy/looks": "access-row",
    "/privacy/receipts": "receipt-row",
    "/privacy/shared": "disclosure-row",
}


@dataclass
class Before:
    """Who she was: nothing of it may appear to whoever comes after her."""

    full_name: str
    father_name: str
    address: str
    mobile: str
    password: str


PEOPLE = {
    "pa": Before("ਸੁਰਿੰਦਰ ਕੌਰ", "ਬਚਿੱਤਰ ਸਿੰਘ", "ਮਕਾਨ 9, ਪੁਰਾਣਾ ਬਾਜ਼ਾਰ", "9417000321", "ਨਹਿਰ ਕੰਢੇ ਪੁਰਾਣੀ ਬੇੜੀ"),
    "hi": Before("सुरिंदर कौर", "बचित्तर सिंह", "मकान 9, पुराना बाज़ार", "9417000322", "नहर किनारे पुरानी नाव"),
}


@contextmanager
def requests_of(browser: Visitor) -> Iterator[list[str]]:
    """Gather the requests for pages that her presses cause, those that follow from a redirect included."""
    made: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request() or request.method == "POST":
            made.append(f"{request.method} {request.url.removeprefix(browser.url)}")

    browser.context.on("request", note)
    yield made
    browser.context.remove_listener("request", note)


@pytest.mark.parametrize(("language", "scripts"), [("pa", True), ("hi", False)], ids=["pa", "hi-without-scripts"])
@pytest.mark.promise("P52", "P60")
def test_she_leaves_for_good_and_comes_back_as_nobody(
    browser: Browser, server: LiveServer, visit: Callable[..., Visitor], door: TestersDoor, language: str, scripts: bool
) -> None:
    phone, desk = visit(language=language, scripts=scripts), visit(language=language, scripts=scripts)
    inspector = Inspector(browser, url=server.url, thorough=True)
    if scripts:
        inspector.accompany(phone)
    she, before = Citizen(phone, door), PEOPLE[language]
    she.registers(full_name=before.full_name, mobile=before.mobile, password=before.password)
    sent = she.applies("grievance-state", father_name=before.father_name, address=before.address, district="barnala")

    allows_and_takes_back(phone)
    is_looked_up(Officer(desk, door), before)
    asked = asks_who_looked(phone)
    receipt = leaves(phone)
    checks(phone, receipt)
    she.registers(full_name="Nobody Kaur", mobile=before.mobile, password="another mulberry in a field")
    finds_nothing(phone, [before.full_name, before.father_name, before.address, sent, asked, REASON])
    inspector.finish()


def allows_and_takes_back(phone: Visitor) -> None:
    """Press once for yes and, on the dashboard, once for no (P37)."""
    row = phone.page.locator(f'[data-testid=choice-row][data-id="{PURPOSE}"]')
    phone.open("/privacy/choices")
    with requests_of(phone) as giving:
        phone.send(f"choice-{PURPOSE}")
        expect(row).to_have_attribute("data-state", "given")
    phone.open("/privacy")
    phone.look("privacy.dashboard, with something allowed")
    with requests_of(phone) as withdrawing:
        phone.send(f"choice-{PURPOSE}")
        expect(row).to_have_count(0)
    assert len(withdrawing) <= len(giving)
    phone.open("/privacy/choices")
    expect(row).to_have_attribute("data-state", "withdrawn")


def is_looked_up(anita: Officer, her: Before) -> None:
    """Let the officer open her name, for a case and a reason."""
    anita.signs_in("anita")
    anita.looks_up(her.mobile, case=anita.opens_a_case(), reason=REASON)


def asks_who_looked(phone: Visitor) -> str:
    """Read who it was and why, and ask about that row; return the number of what she wrote."""
    phone.open("/privacy")
    phone.page.locator('a[href="/privacy/looks"]').click()
    phone.arrives("privacy.looks")
    newest = phone.at("access-row").first
    expect(newest).to_contain_text(REASON)
    row = newest.get_attribute("data-id")
    newest.locator('a[href^="/grievances/new"]').click()
    phone.arrives("grievances.new")
    expect(phone.form("grievance").locator("[name=about]")).to_have_value(f"look:{row}")
    phone.send("grievance", text="?")
    phone.arrives("grievances.show")
    return phone.says("grievance-ref")


def leaves(phone: Visitor) -> str:
    """Delete the account from the dashboard in at most three requests (P52); return the receipt's words."""
    phone.open("/privacy")
    with requests_of(phone) as made:
        phone.page.locator('main a[href="/account/delete"]').click()
        phone.at("page-closure.delete").wait_for()
        phone.send("delete", open="withdraw")
        phone.at("deletion-receipt").wait_for()
    assert [one.partition("?")[0] for one in made] == ["GET /account/delete", "POST /account/delete", "GET /account/deleted"]
    told = phone.at("recipient-row")
    expect(told.get_by_role("link")).not_to_have_text(told.get_attribute("data-id") or "")
    phone.look("closure.deleted")
    return phone.at("receipt-text").text_content() or ""


def checks(phone: Visitor, receipt: str) -> None:
    """See that the receipt is genuine, and that a changed one is not."""
    phone.page.locator('main a[href="/account/deleted/verify"]').click()
    phone.at("page-closure.verify_deleted").wait_for()
    phone.send("verify", receipt=receipt)
    expect(phone.at("receipt-verdict")).to_have_attribute("data-verdict", "valid")
    phone.look("closure.verify_deleted, valid")
    phone.send("verify", receipt=receipt.replace("20", "21", 1))
    expect(phone.at("error-summary")).to_be_focused()
    phone.look("closure.verify_deleted, altered")


def finds_nothing(phone: Visitor, planted: list[str]) -> None:
    """Look through the new account for anything of the old one (P60)."""
    for path, row in ROWS.items():
        phone.open(path)
        expect(phone.at(row)).to_have_count(0)
        shown = phone.page.content()
        assert [value for value in planted if value in shown] == []
    phone.open("/privacy/choices")
    states = phone.at("choice-row").evaluate_all("all => all.map(one => one.dataset.state)")
    assert set(states) == {"not_asked"}
