"""A passkey in a real browser: made on the account's page, used in place of the code, and quietly absent where there are no scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.citizen import Citizen
from tests.journeys.live_server import LiveServer
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.promise("P75")]
DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}


def at_a_name(server: LiveServer) -> str:
    return server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def phone(browser: Browser, server: LiveServer) -> Iterator[Visitor]:
    """A phone with a screen lock, at an address with a name."""
    visitor = Visitor(browser, url=at_a_name(server), language="pa")
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "automaticPresenceSimulation": True}})
    yield visitor
    visitor.leave()


def test_a_passkey_takes_the_place_of_the_code(phone: Visitor, door: TestersDoor) -> None:
    she = Citizen(phone, door)
    she.signs_in("harjinder")
    phone.open("/account/passkeys")
    phone.at("passkey").click()
    expect(phone.at("page-accounts.security")).to_be_visible()
    phone.open("/account/passkeys")
    expect(phone.at("passkey-row")).to_have_count(1)
    phone.press("sign-out")

    phone.open("/sign-in")
    phone.send("sign-in", mobile=she.facts["mobile"], password=she.facts["password"])
    phone.at("passkey").click()

    expect(phone.at("form-sign-out")).to_be_visible()


def test_without_scripts_nothing_is_offered_that_would_not_work(browser: Browser, server: LiveServer, door: TestersDoor) -> None:
    plain = Visitor(browser, url=at_a_name(server), language="pa", scripts=False)
    Citizen(plain, door).signs_in("ramesh")

    plain.open("/account/passkeys")

    expect(plain.at("form-passkey")).to_be_attached()
    expect(plain.at("passkey")).to_be_hidden()
    plain.leave()
