"""The story of one visit, chapter by chapter: she finds a service, opens an account, applies, and gets back in."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.journeys.papers import make_photo, make_scan
from tests.journeys.people import Applicant
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

SERVICE = "birth-certificate"
WHOLE_ADDRESS = {"address": "# 14, Handiaya Road", "district": "barnala"}


@dataclass
class Story:
    """The woman, her browser, and the sandbox that plays phone and department."""

    she: Applicant
    browser: Visitor
    door: TestersDoor
    folder: Path

    def finds_the_service(self) -> None:
        """Look for it in her own words and narrow down to her district."""
        here = self.browser
        here.open("/")
        here.choose_language()
        here.arrives("catalogue.home")
        here.fill("search", q=self.she.query)
        here.form("search").get_by_test_id("submit").click()
        here.arrives("catalogue.search")
        assert here.at("service-row").first.get_attribute("data-id") == SERVICE
        self._narrows_to_barnala()
        here.at("service-row").first.get_by_role("link").click()
        here.arrives("catalogue.service")

    def _narrows_to_barnala(self) -> None:
        here = self.browser
        here.page.evaluate("window.sameDocument = true")
        here.form("search").locator("[name=district]").select_option("barnala")
        if here.has_scripts:
            here.page.wait_for_url("**district=barnala**")
            assert here.page.evaluate("window.sameDocument"), "narrowing loaded the whole page"
        else:
            here.form("search").locator("aside").get_by_role("button").click()
            here.page.wait_for_url("**district=barnala**")
        expect(here.at("service-row").first).to_have_attribute("data-id", SERVICE)

    def opens_an_account(self) -> None:
        """Press apply, register, and land back on the service."""
        here = self.browser
        here.send("apply")
        here.arrives("accounts.sign_in")
        here.page.locator('main a[href^="/register"]').click()
        here.arrives("accounts.register")
        here.send("notice")
        here.arrives("accounts.register_details")
        here.send("register", mobile="941700031")
        self._is_refused("accounts.register_details")
        here.send("register", full_name=self.she.full_name, mobile=self.she.mobile)
        here.arrives("accounts.register_verify")
        here.send("verify", code="12")
        self._is_refused("accounts.register_verify")
        here.send("verify", code=self.door.sms_code(self.she.mobile))
        here.arrives("accounts.register_password")
        here.send("password", password="password1234")
        self._is_refused("accounts.register_password")
        here.send("password", password=self.she.password)
        self._binds_her_phone("accounts.second_factor")
        self._keeps_her_paper_keys()
        here.arrives("catalogue.service")

    def _is_refused(self, endpoint: str) -> None:
        expect(self.browser.at("error-summary")).to_be_focused()
        self.browser.look(f"{endpoint}, refused")

    def _binds_her_phone(self, endpoint: str) -> None:
        here = self.browser
        here.arrives(endpoint)
        self.she.secret = here.says("totp-secret").replace(" ", "")
        here.send("second-factor", code="000000")
        self._is_refused(endpoint)
        here.send("second-factor", code=self.door.app_code(self.she.secret))

    def _keeps_her_paper_keys(self) -> None:
        here = self.browser
        here.arrives("accounts.recovery_codes")
        self.she.paper_keys = here.at("recovery-code").all_inner_texts()
        assert len(self.she.paper_keys) == 10
        here.send("recovery-codes", kept="1")

    def begins_and_leaves(self) -> None:
        """Begin the form, be told what is missing, fill a page, and go away."""
        here = self.browser
        here.send("apply")
        here.arrives("applications.edit")
        here.send("application")
        self._is_refused("applications.edit")
        born_on = (self.door.now() - timedelta(days=8)).date()
        here.fill("application", **self.she.written(born_on), gender="female")
        if here.has_scripts:
            expect(here.page.locator("#saved use")).to_have_attribute("href", _ends_in("#yes"))
        here.form("application").locator("[name=later]").click()
        here.arrives("applications.draft")
        self.she.reference = here.says("application-ref")

    def continues_on(self, other: Visitor) -> None:
        """Sign in on another device and find everything as she left it."""
        self.signs_in(other)
        other.open("/applications")
        other.arrives("applications.index")
        other.at("application-row").first.get_by_role("link").click()
        other.page.locator("main a.btn").click()
        other.at("page-applications.edit").wait_for()
        other.open(f"/applications/{self.she.reference}/edit?step=1")
        other.arrives("applications.edit")
        for name, value in self.she.answers.items():
            expect(other.form("application").locator(f"[name={name}]")).to_have_value(value)
        self.browser = other

    def fills_the_rest(self) -> None:
        """Fill the other pages and add her papers, first a photo, then a scan in its place."""
        here = self.browser
        here.send("application")
        here.page.wait_for_url("**step=2**")
        here.look("applications.edit, prefilled")
        expect(here.form("application").locator("[name=full_name]")).to_have_value(self.she.full_name)
        expect(here.form("application").locator("#full_name-source")).to_be_visible()
        here.send("application", relation_to_beneficiary="mother")
        here.page.wait_for_url("**step=3**")
        self._gives_her_address()
        here.page.wait_for_url("**step=4**")
        here.look("applications.papers")
        here.send("application")
        self._is_refused("applications.papers")
        self._adds(make_photo(self.folder))
        self._adds(make_scan(self.folder))
        expect(here.at("error-summary")).to_have_count(0)
        here.look("applications.papers, added")
        here.send("application")
        here.arrives("applications.review")

    def _gives_her_address(self) -> None:
        here = self.browser
        here.fill("application", **WHOLE_ADDRESS)
        if here.has_scripts:
            expect(here.form("application").locator("[name=tehsil] optgroup")).to_have_count(0)
        here.send("application", tehsil="tehsil-barnala")

    def _adds(self, path: str) -> None:
        here = self.browser
        row = here.at("paper-row").filter(has=here.page.locator("[type=file]")).first
        row.locator("[type=file]").set_input_files(path)
        if not here.has_scripts:
            here.form("application").get_by_test_id("submit").click()
            here.arrives("applications.review")
            here.page.locator(".steps a").last.click()
        expect(here.at("paper-row").first.get_by_role("link")).to_have_text(Path(path).name)

    def reviews_and_sends(self) -> None:
        """Review, forget the tick, change a line elsewhere, review the marked line, send."""
        here = self.browser
        here.send("submit")
        self._is_refused("applications.review")
        self._changes_a_line_elsewhere()
        here.send("submit", declare="1")
        here.page.locator(".note a[href^='#changed-']").click()
        expect(here.page.locator(".changed")).to_be_in_viewport()
        here.look("applications.review, changed")
        here.send("submit", declare="1")
        here.arrives("applications.show")
        assert here.says("application-ref") == self.she.reference

    def _changes_a_line_elsewhere(self) -> None:
        here = self.browser
        first, here.page = here.page, here.context.new_page()
        here.open(f"/applications/{self.she.reference}/edit?step=2")
        here.send("application", relation_to_beneficiary="guardian")
        here.page.wait_for_url("**step=3**")
        here.page.close()
        here.page = first

    def lines_shown(self) -> set[str]:
        """Return the names of the lines that the page in front of her says go out."""
        handles = self.browser.page.locator(".goes [data-testid^='value-']").evaluate_all("all => all.map(one => one.dataset.testid)")
        return {handle.removeprefix("value-") for handle in handles}

    def received(self) -> dict[str, Any]:
        """Let the post go out; return the package that the health department opened for her."""
        self.door.work()
        parcels = [parcel["package"]["payload"] for parcel in self.door.inbox("health")]
        return next(payload for payload in parcels if payload["reference"] == self.she.reference)

    def follows_it(self) -> None:
        """See that the office has it, and what was sent."""
        here = self.browser
        here.page.reload()
        here.look("applications.show, received")
        assert here.at("due-date").first.is_visible()
        here.open(f"/applications/{self.she.reference}/sent")
        here.arrives("applications.sent")
        here.open(f"/applications/{self.she.reference}/withdraw")
        here.arrives("applications.withdrawal")

    def signs_out(self) -> None:
        """End the visit."""
        self.browser.at("sign-out").click()
        self.browser.arrives("accounts.sign_out")

    def signs_in(self, browser: Visitor) -> None:
        """Sign in with number, password and code."""
        browser.open(f"/sign-in?lang={self.she.language}")
        browser.arrives("accounts.sign_in")
        browser.send("sign-in", mobile=self.she.mobile, password=self.she.password)
        browser.arrives("accounts.sign_in_second_factor")
        browser.send("second-factor", code=self.door.app_code(self.she.secret))
        browser.page.get_by_test_id("form-sign-out").wait_for()

    def ends_another_visit(self, other: Visitor) -> None:
        """See where her account is open and end the visit of the other device."""
        here = self.browser
        here.open("/account/security")
        here.arrives("accounts.security")
        rows = here.at("session-row")
        before = rows.count()
        here.page.get_by_test_id("form-end-session").first.get_by_role("button").click()
        expect(rows).to_have_count(before - 1)
        other.open("/applications")
        other.arrives("accounts.sign_in")

    def loses_her_phone(self) -> None:
        """Get back in with password and a paper key, and bind a new phone."""
        here = self.browser
        here.open("/recover")
        here.arrives("accounts.recover")
        here.send("recover")
        self._is_refused("accounts.recover")
        here.send("recover", mobile=self.she.mobile, lost="phone")
        here.arrives("accounts.recover_phone")
        here.send("recover-phone", password=self.she.password, code="AAAA-AAAA-AAAA-AAAA")
        self._is_refused("accounts.recover_phone")
        here.send("recover-phone", password=self.she.password, code=self.she.paper_keys[3])
        lost = self.she.secret
        self._binds_her_phone("accounts.recover_second_factor")
        assert self.she.secret != lost
        here.arrives("accounts.security")


def _ends_in(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text) + "$")
