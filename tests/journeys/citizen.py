"""One of the demonstration's people, walking to the pages that lie behind forms."""

import contextlib
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error, expect

from tests.journeys.live_server import LiveServer
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

NEWS = ("newsletter", "channel.sms")


@dataclass
class Citizen:
    """A persona with a browser."""

    browser: Visitor
    door: TestersDoor
    facts: dict[str, Any] = field(default_factory=dict)

    def visits(self, *paths: str) -> None:
        """Open each of these addresses and look."""
        for path in paths:
            self.browser.open(path)
            self.browser.look(path)

    def signs_in(self, id: str) -> None:
        """Sign in as the persona of this id."""
        here, self.facts = self.browser, self.door.person(id)
        here.open(f"/sign-in?lang={here.language}")
        here.send("sign-in", mobile=self.facts["mobile"], password=self.facts["password"])
        here.at("page-accounts.sign_in_second_factor").wait_for()
        here.open("/sign-in/recovery-code")
        here.arrives("accounts.sign_in_recovery_code")
        here.open("/sign-in/second-factor")
        here.send("second-factor", code=self._code())
        here.at("form-sign-out").wait_for()

    def registers(self, *, full_name: str, mobile: str, password: str) -> None:
        """Open an account with a new number, up to the page she is led to."""
        here = self.browser
        here.open(f"/register?lang={here.language}")
        here.send("notice")
        here.send("register", full_name=full_name, mobile=mobile)
        here.at("page-accounts.register_verify").wait_for()
        here.send("verify", code=self.door.sms_code(mobile))
        here.send("password", password=password)
        here.at("page-accounts.second_factor").wait_for()
        self.facts = {"mobile": mobile, "password": password, "totp_secret": here.says("totp-secret")}
        here.send("second-factor", code=self._code())
        here.send("recovery-codes", kept="1")
        here.at("form-sign-out").wait_for()

    def _code(self) -> str:
        return self.door.app_code(self.facts["totp_secret"])

    def looks_at_her_keys(self) -> None:
        """Open the pages on which keys and addresses change, which ask for fresh proof first."""
        here = self.browser
        self.door.advance("PT11M")
        here.open("/account/email")
        here.arrives("accounts.step_up")
        here.send("step-up")
        here.look("accounts.step_up, refused")
        here.send("step-up", password=self.facts["password"], code=self._code())
        here.arrives("accounts.change_email")
        self.facts["email"] = f"somebody.{here.language}@example.org"
        here.send("email", email=self.facts["email"])
        here.arrives("accounts.verify_email")
        here.send("verify", code=self.door.sms_code(self.facts["email"]))
        here.open("/account/mobile")
        here.arrives("accounts.change_mobile")
        here.send("mobile", mobile="9417000399")
        here.arrives("accounts.verify_mobile")
        self.visits("/account/password", "/account/second-factor", "/account/recovery-codes")
        here.send("renew-codes")
        here.arrives("accounts.renewed_codes")

    def takes_her_data_along(self) -> None:
        """Make a download, which needs the proof she has just given, and look at it while it is ready."""
        here = self.browser
        here.open("/privacy/download")
        here.arrives("privacy.download")
        here.send("download")
        here.at("download-file").wait_for()
        here.look("privacy.download, ready")

    def wants_a_proof_at_once(self) -> None:
        """Press "Proof" on a row of a moment ago, and read that it is too new; again should the ledger be signed just then."""
        here, newest = self.browser, self.browser.page.locator('a[href^="/privacy/proof/"]').first
        is_page = False
        while not is_page:
            for to in ("given", "withdrawn"):
                self.switches("newsletter", to=to)
            here.open("/privacy/looks?all=1")
            with contextlib.suppress(Error):  # a file came in place of a page
                here.open(newest.get_attribute("href") or "")
                is_page = True
        here.arrives("ledger.proof")

    def names_somebody(self) -> None:
        """Name a nominee, after a try that can't be used, and open it to be changed."""
        here = self.browser
        here.open("/privacy/nominate")
        here.arrives("privacy.nominate")
        here.send("nominee")
        here.look("privacy.nominate, refused")
        here.send("nominee", full_name="Navdeep Kaur", relation="Daughter", mobile="7012345678")
        here.at("nominee-row").last.wait_for()
        here.look("privacy.nominate, with one")
        here.at("nominee-row").locator("a").first.click()
        here.arrives("privacy.nominee")

    def says_it_was_not_her(self) -> None:
        """Open the link of a warning, without pressing its button."""
        warning = next(one for one in self.door.messages(self.facts["mobile"]) if one["links"])
        self.browser.open(warning["links"][0])
        self.browser.arrives("accounts.not_me")

    def forgets_her_password(self) -> None:
        """Prove number and second factor, up to the new password."""
        here = self.browser
        self._loses("password")
        here.send("recover-prove", code=self._code())
        here.arrives("accounts.recover_password")

    def _loses(self, what: str) -> None:
        here = self.browser
        here.open("/recover")
        here.send("recover", mobile=self.facts["mobile"], lost=what)
        here.arrives("accounts.recover_verify")
        here.send("verify", code=self.door.sms_code(self.facts["mobile"]))
        if what == "password":
            here.arrives("accounts.recover_prove")

    def loses_everything(self) -> None:
        """Ask for a new beginning, agree by mail, wait three days, walk up to its last page, and cancel it after all."""
        here = self.browser
        self._loses("everything")
        here.arrives("accounts.recover_waiting")
        links = [link for one in self.door.messages(self.facts["mobile"]) for link in one["links"]]
        cancel = next(link for link in links if "/recover/cancel/" in link)
        self._agrees_by_mail()
        self.door.advance("P3DT1H")
        self._loses("everything")
        here.arrives("accounts.recover_password")
        here.send("password", new_password="a boat on the old canal")
        here.arrives("accounts.recover_second_factor")
        secret = here.says("totp-secret")
        here.send("second-factor", code=self.door.app_code(secret))
        here.arrives("accounts.recover_codes")
        here.open(cancel)
        here.arrives("accounts.recover_cancel")
        here.form("cancel").get_by_test_id("submit").click()
        here.at("page-accounts.recover_cancelled").wait_for()
        here.open(cancel)
        here.arrives("accounts.recover_over")

    def _agrees_by_mail(self) -> None:
        here = self.browser
        links = [link for one in self.door.messages(self.facts["email"]) for link in one["links"]]
        here.open(next(link for link in links if "/recover/agree/" in link))
        here.arrives("accounts.recover_agree")
        here.send("agree")
        here.arrives("accounts.recover")

    def forgets(self) -> None:
        """Lose the visit, as a browser does that is told to."""
        self.browser.context.clear_cookies(name="session")

    def hears_news(self, server: LiveServer) -> None:
        """Allow the newsletter by SMS, get one, look at the page of the link that stops it, and take both back."""
        for purpose in NEWS:
            self.switches(purpose, to="given")
        self.visits("/privacy", "/privacy/choices", "/privacy/receipts")
        server.run("messages", "announce", "newsletter", "--page", "https://msewa.example.org/")
        news = next(one for one in self.door.messages(self.facts["mobile"]) if one["template"] == "news")
        stop = next(link for link in news["links"] if "/stop/" in link)
        self.browser.open(urlsplit(stop).path)
        self.browser.arrives("notifications.stop")
        for purpose in NEWS:
            self.switches(purpose, to="withdrawn")

    def switches(self, purpose: str, *, to: str) -> None:
        """Press the switch of a purpose on the page of choices."""
        here = self.browser
        here.open("/privacy/choices")
        here.send(f"choice-{purpose}")
        expect(here.page.locator(f'[data-testid=choice-row][data-id="{purpose}"]')).to_have_attribute("data-state", to)

    def rests_and_comes_back(self) -> None:
        """De-register, sign in again, and take everything back up."""
        here = self.browser
        here.open("/account/deregister")
        here.send("deregister")
        here.arrives("accounts.deregistered")
        here.open("/sign-in")
        here.send("sign-in", mobile=self.facts["mobile"], password=self.facts["password"])
        here.at("page-accounts.sign_in_second_factor").wait_for()
        here.send("second-factor", code=self._code())
        here.arrives("accounts.come_back")
        here.send("come-back")
        here.at("form-sign-out").wait_for()

    def is_shown_the_door(self, server: LiveServer) -> None:
        """Read in a letter's link why the operator ends the account, who takes that back afterwards."""
        server.run("terminate", "begin", "-", "--why", "A trial of this page", typed=self.facts["mobile"])
        letters = [link for one in self.door.messages(self.facts["mobile"]) for link in one["links"]]
        self.browser.open(next(urlsplit(link).path for link in letters if "/account/ending/" in link))
        self.browser.arrives("closure.ending")
        server.run("terminate", "take-back", "-", typed=self.facts["mobile"])

    def applies(self, service: str, **answers: str) -> str:
        """Send an application of one or more prefilled pages; return its reference."""
        here = self.browser
        here.open(f"/services/{service}")
        here.send("apply")
        here.at("page-applications.edit").wait_for()
        while here.at("page-applications.edit").count():
            known = {name: value for name, value in answers.items() if here.form("application").locator(f"[name={name}]").count()}
            here.form("application").evaluate("form => { form.id = 'passed' }")
            here.send("application", **known)
            expect(here.page.locator("#passed")).to_have_count(0)
            assert not here.at("error-summary").count(), here.says("error-summary")
        expect(here.at("page-applications.review")).to_be_visible()
        here.send("submit", declare="1")
        here.at("page-applications.show").wait_for()
        assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", here.says("application-ref"))
        return here.says("application-ref")
