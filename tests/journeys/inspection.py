"""What is true of every page: accessible in each colour scheme, and no wider than any screen."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from tests.journeys.visitor import PHONE, Visitor

FULLY = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
FOR_CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
WIDTHS = (320, 360, 768, 1366)
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
PAGE = re.compile(r'data-testid="page-([\w.]+)"')
OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= wide) return []
  return [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > wide + 1)
    .slice(-3).map(one => one.outerHTML.slice(0, 120))
}"""


class Inspector:
    """Shows a page's own HTML again in a browser of its own, so that no look disturbs the story; gathers what is wrong.

    `thorough` also looks at it in the dark, at four widths and with the largest letters.
    """

    def __init__(self, browser: Browser, *, url: str, thorough: bool = False) -> None:
        self._page: Page = browser.new_context(base_url=url, viewport=PHONE, reduced_motion="reduce").new_page()
        self._is_thorough = thorough
        self._html = ""
        self._axe = Axe()
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self._page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        if route.request.is_navigation_request():
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=self._html)
        else:
            route.continue_()

    def accompany(self, visitor: Visitor) -> None:
        """Look at every page that this visitor looks at."""
        visitor.look = lambda name: self.look(name, html=visitor.page.content(), path=visitor.page.url)

    def look(self, name: str, *, html: str, path: str) -> None:
        """Inspect a page as it stands in another browser; every fault is noted under its name."""
        self.seen.update(PAGE.findall(html))
        self._html = SCRIPT.sub("", html)
        self._page.goto(path)
        self._run_axe(name, options=FULLY)
        if self._is_thorough:
            self._page.emulate_media(color_scheme="dark")
            self._run_axe(f"{name}, dark", options=FOR_CONTRAST)
            self._page.emulate_media(color_scheme="light")
            self._measure(name)

    def _run_axe(self, name: str, *, options: dict[str, Any]) -> None:
        for violation in self._axe.run(self._page, options=options).response["violations"]:
            where = "; ".join(f"{node['html'][:160]} ({' '.join(node['failureSummary'].split())[:200]})" for node in violation["nodes"][:3])
            self.faults.append(f"{name}: {violation['id']}: {where}")

    def _measure(self, name: str) -> None:
        for size in ("m", "xl"):
            self._page.evaluate("size => document.documentElement.dataset.size = size", size)
            for width in WIDTHS:
                self._page.set_viewport_size({"width": width, "height": PHONE["height"]})
                for element in self._page.evaluate(OVERFLOWING):
                    self.faults.append(f"{name}: wider than {width} px at text size {size}: {element}")
        self._page.set_viewport_size(PHONE)

    def finish(self) -> None:
        """Fail with everything that was found."""
        self._page.context.close()
        assert not self.faults, "\n".join(self.faults)
