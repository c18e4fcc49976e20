"""Every address a visitor and a citizen can open, beyond those the story passes."""

from dataclasses import dataclass, field

from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

OPEN = (
    "/",
    "/services",
    "/services?q=budhapa+pension&category=pensions&district=barnala",
    "/services?q=xqzjw",
    "/services?page=3",
    "/services/birth-certificate",
    "/services/old-age-pension",
    "/services/no-such-service",
    "/providers",
    "/providers/health",
    "/schemes",
    "/schemes?q=xqzjw",
    "/accessibility",
    "/privacy/policy",
    "/privacy/policy/1.0",
    "/register/declined",
    "/recover/cancelled",
    "/recover/cancel/no-such-link",
    "/account/not-me/no-such-link",
    "/sandbox",
)
SECTIONS = ("identity", "address", "family", "work", "money", "papers_numbers")
OWN = (
    "/applications",
    "/profile",
    "/profile?edit=village",
    "/profile?edit=gender",
    *(f"/profile/{section}" for section in SECTIONS),
    "/account/security",
    "/account/password",
    "/account/mobile",
    "/account/email",
    "/account/second-factor",
    "/account/recovery-codes",
    "/applications/AAAA-AAAA",
    "/sandbox/clock",
)


@dataclass
class Walker:
    """Walks the product as one of the demonstration's people."""

    browser: Visitor
    door: TestersDoor
    person: dict[str, str] = field(default_factory=dict)

    def signs_in(self, id: str) -> None:
        """Sign in as one of the demonstration's people."""
        here, self.person = self.browser, self.door.person(id)
        here.open(f"/sign-in?lang={here.language}")
        here.send("sign-in", mobile=self.person["mobile"], password=self.person["password"])
        here.at("page-accounts.sign_in_second_factor").wait_for()
        here.send("second-factor", code=self.door.app_code(self.person["totp_secret"]))
        here.at("form-sign-out").wait_for()

    def proves_herself(self) -> None:
        """Give password and code once more, for what asks for fresh proof."""
        here = self.browser
        here.open("/account/password")
        if here.at("form-step-up").count():
            here.look("accounts.step_up")
            here.send("step-up", password=self.person["password"], code=self.door.app_code(self.person["totp_secret"]))

    def looks_at(self, *paths: str) -> None:
        """Open each of these addresses and look."""
        for path in paths:
            self.browser.open(path)
            self.browser.look(path)
