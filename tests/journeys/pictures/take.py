"""Take the README's pictures: `python -m tests.journeys.pictures.take`."""

import io
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, sync_playwright

from tests.browser import ARGUMENTS, find_browser
from tests.journeys.citizen import Citizen
from tests.journeys.live_server import LiveServer
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import WIDE, Visitor

HERE = Path(__file__).resolve().parent
COLOURS = 96
BORN = {"date_of_event": "05/11/2026", "gender": "female"}
WHERE = {
    "pa": {"place_of_event": "ਸਿਵਲ ਹਸਪਤਾਲ, ਬਰਨਾਲਾ", "mother_name": "ਹਰਜਿੰਦਰ ਕੌਰ", "father_name": "ਜਗਤਾਰ ਸਿੰਘ"},
    "en": {"place_of_event": "Civil Hospital, Barnala", "mother_name": "Harjinder Kaur", "father_name": "Jagtar Singh"},
}


def keep(visitor: Visitor, name: str, *, at: Locator | None = None) -> None:
    """Write what the screen shows, from `at` on, with few colours so that the repository stays small."""
    if at is not None:
        at.evaluate("one => one.scrollIntoView({block: 'start'})")
    image = Image.open(io.BytesIO(visitor.page.screenshot())).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)


def take_all(browser: Browser, url: str) -> None:
    """Walk from the home page to the receipt, on a phone and at a desk."""
    phone, desk = Visitor(browser, url=url, language="pa"), Visitor(browser, url=url, language="en", viewport=WIDE)
    night = Visitor(browser, url=url, language="hi", color_scheme="dark")
    _look_for_it(phone)
    night.open("/services/birth-certificate?lang=hi")
    keep(night, "service-hindi-dark")
    desk.open("/")
    keep(desk, "home-wide")
    door = TestersDoor(url)
    for visitor, suffix in ((phone, ""), (desk, "-wide")):
        Citizen(visitor, door).signs_in("harjinder")
        _apply(visitor, partial(_keep_as, visitor, suffix))
        door.work()
    for visitor in (phone, desk, night):
        visitor.leave()


def _keep_as(visitor: Visitor, suffix: str, name: str) -> None:
    # A phone shows the page from its heading on; a desk has room for the whole.
    keep(visitor, f"{name}{suffix}", at=None if suffix else visitor.page.locator("h1"))


def _look_for_it(phone: Visitor) -> None:
    phone.open("/?lang=pa")
    keep(phone, "home")
    phone.fill("search", q="janam parman patar")
    phone.form("search").get_by_test_id("submit").click()
    phone.at("page-catalogue.search").wait_for()
    keep(phone, "search")


def _apply(visitor: Visitor, keep_as: Callable[[str], None]) -> None:
    visitor.open("/services/birth-certificate")
    visitor.send("apply")
    visitor.at("page-applications.edit").wait_for()
    visitor.send("application", **BORN, **WHERE[visitor.language])
    visitor.page.wait_for_url("**step=2**")
    visitor.fill("application", relation_to_beneficiary="mother")
    if visitor.language == "pa":
        keep_as("form")
    for step in ("3", "4"):
        visitor.send("application")
        visitor.page.wait_for_url(f"**step={step}**")
    visitor.form("application").locator("[type=file]").set_input_files(
        files=[{"name": "card.png", "mimeType": "image/png", "buffer": _card()}]
    )
    visitor.at("value-id_proof").wait_for()
    visitor.send("application")
    visitor.at("page-applications.review").wait_for()
    keep_as("review")
    visitor.send("submit", declare="1")
    visitor.at("page-applications.show").wait_for()
    keep_as("receipt")


def _card() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (480, 300), "#fffdf8").save(drawn, "PNG")
    return drawn.getvalue()


def main() -> None:
    """Start the product, take the pictures, stop it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = LiveServer.start(Path(folder))
        try:
            take_all(playwright.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS)), server.url)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
