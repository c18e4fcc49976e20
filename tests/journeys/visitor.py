"""A person with a browser: a context of her own, watched for what a page must never do."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response

PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1366, "height": 768}
OUR_COOKIES = {"seed", "session", "device", "lang", "theme", "size"}
# Chromium writes a line for every answer that is no success; a refused form is one.
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d)")


class Visitor:
    """One browser context and its page; `faults` gathers script errors, policy violations, foreign requests and 5xx."""

    def __init__(self, browser: Browser, *, url: str, language: str, scripts: bool = True, **options: Any) -> None:
        self.url = url
        self.language = language
        self.has_scripts = scripts
        self.faults: list[str] = []
        settings = {"viewport": PHONE, "accept_downloads": True, **options}
        self.context: BrowserContext = browser.new_context(base_url=url, java_script_enabled=scripts, locale=f"{language}-IN", **settings)
        self.context.set_default_timeout(15_000)
        self.context.on("request", self._watch_request)
        self.context.on("response", self._watch_response)
        self.context.on("console", self._watch_console)
        self.context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        self.page: Page = self.context.new_page()
        self.look: Callable[[str], None] = lambda name: None

    def _watch_request(self, request: Request) -> None:
        if not request.url.startswith((self.url + "/", "data:")):
            self.faults.append(f"a request to somebody else: {request.url}")

    def _watch_response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} of {response.url}")

    def _watch_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED.match(message.text):
            self.faults.append(f"console: {message.text}")

    def open(self, path: str) -> None:
        """Go to a path of the site."""
        self.page.goto(path)

    def choose_language(self) -> None:
        """Take her language from the links of the header."""
        self.page.locator(f".langs a[lang={self.language}]").click()
        assert self.page.locator("html").get_attribute("lang") == self.language

    @property
    def path(self) -> str:
        """The path of the page in front of her."""
        return urlsplit(self.page.url).path

    def at(self, handle: str) -> Locator:
        """Return what carries a handle."""
        return self.page.get_by_test_id(handle)

    def form(self, name: str) -> Locator:
        """Return a form by its name."""
        return self.at(f"form-{name}")

    def fill(self, form: str, **typed: str | None) -> None:
        """Fill the named fields of a form, whatever their kind."""
        for name, value in typed.items():
            if value is not None:
                _fill_one(self.form(form), name, value)

    def send(self, form: str, **typed: str | None) -> None:
        """Fill a form and press its main button."""
        self.fill(form, **typed)
        self.form(form).get_by_test_id("submit").click()

    def press(self, form: str) -> None:
        """Press the only button of a form that asks nothing, and wait until the form has done its work and is gone."""
        self.form(form).get_by_role("button").click()
        self.form(form).wait_for(state="detached")

    def arrives(self, endpoint: str) -> None:
        """Wait for the page of an endpoint, and look at it."""
        self.page.get_by_test_id(f"page-{endpoint}").wait_for()
        self.look(endpoint)

    def says(self, handle: str) -> str:
        """Return the text of what carries a handle, its spaces evened out."""
        return " ".join(self.at(handle).inner_text().split())

    def leave(self) -> None:
        """Close her browser; nothing of it was wrong."""
        self.context.close()
        assert not self.faults, "\n".join(self.faults)


def _fill_one(form: Locator, name: str, value: str) -> None:
    field = form.locator(f'[name="{name}"]')
    kind = field.first.evaluate("one => one.type || one.tagName.toLowerCase()")
    if kind == "radio":
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif kind == "checkbox":
        field.set_checked(bool(value))
    elif kind == "select-one":
        field.select_option(value)
    elif kind == "file":
        field.set_input_files(value)
    else:
        field.fill(value)
