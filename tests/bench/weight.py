"""How heavy pages are on the wire, and how soon a slow phone paints the first one."""

import re
import shutil
from collections.abc import Iterator

import brotli

from tests.served import Served

SEARCH = "/services?q=janam+parman+patar"
PAGES = ("/", "/services", SEARCH, "/services/birth-certificate", "/providers", "/schemes", "/sign-in", "/register")
MINE = ("/applications", "/profile", "/account/security")
PAGE_MOST, VISIT_MOST, HTMX_MOST, PAINT_MOST = 4096, 8192, 20480, 1200
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
PAINTED = "performance.getEntriesByType('paint').find(one => one.name == 'first-contentful-paint').startTime"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def header_bytes(response: object) -> int:
    """Return the size of an answer's head as sent."""
    return sum(len(name) + len(value) + 4 for name, value in response.getheaders()) + 20


def report(served: Served, *, cookie: str) -> Iterator[str]:
    """Yield a line for each measure."""
    for lang in ("en", "pa", "hi"):
        sizes = {}
        for path in [*PAGES, *MINE]:
            joined = path + ("&" if "?" in path else "?") + f"lang={lang}"
            response, body = served.get(joined, cookie=cookie if path in MINE else "", encoding="br")
            sizes[path] = len(body) if response.status == 200 else -1
        worst = max(sizes, key=sizes.__getitem__)
        yield f"page, compressed HTML, {lang}: worst {worst} {sizes[worst]} B of {PAGE_MOST} ({sizes[worst] / PAGE_MOST:.2f}); {sizes}"
    yield from first_visit(served)


def first_visit(served: Served) -> Iterator[str]:
    """Yield what the first visit of the front page and of a page with htmx costs, heads included, and what its first touch adds."""
    for path, most in (("/?lang=pa", VISIT_MOST), ("/services?lang=pa", HTMX_MOST)):
        response, body = served.get(path, encoding="br")
        total, requests = header_bytes(response) + len(body), 1
        text = brotli.decompress(body).decode()
        wanted = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text))
        if most == VISIT_MOST:
            wanted = {one for one in wanted if one.endswith(".css")}
        for one in wanted:
            total += _weight(served, one)
            requests += 1
        yield f"first visit of {path}: {total} B of {most} ({total / most:.2f}) in {requests} requests"
        yield from (f"  htmx, at its first touch: {_weight(served, one)} B" for one in re.findall(r'data-htmx="([^"]+)', text))


def _weight(served: Served, path: str) -> int:
    response, body = served.get(path, encoding="br")
    return header_bytes(response) + len(body)


def first_paint(served: Served) -> Iterator[str]:
    """Yield the median of five first contentful paints at 400 kbit/s and 400 ms."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for path in ("/?lang=pa", "/services/birth-certificate?lang=pa"):
            times = []
            for _ in range(5):
                page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
                session = page.context.new_cdp_session(page)
                session.send("Network.enable")
                session.send("Network.emulateNetworkConditions", SLOW)
                page.goto(f"http://127.0.0.1:{served.port}{path}", wait_until="load")
                page.wait_for_timeout(500)  # the browser notes its first paint a little after
                times.append(page.evaluate(PAINTED))
                page.context.close()
            median = sorted(times)[2]
            yield f"first paint of {path} at 400 kbit/s and 400 ms: {median:.0f} ms of {PAINT_MOST} ({median / PAINT_MOST:.2f})"
        browser.close()
