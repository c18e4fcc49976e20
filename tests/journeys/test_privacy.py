"""Harjinder sees what is kept about her for the first time, and takes it along."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.citizen import Citizen
from tests.journeys.inspection import Inspector
from tests.journeys.live_server import LiveServer
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
MENU = {"en": "My data", "pa": "ਮੇਰਾ ਡਾਟਾ", "hi": "मेरा डाटा"}


@pytest.mark.parametrize("language", ["pa", "hi", "en"])
def test_a_first_visit_to_her_data(
    browser: Browser, server: LiveServer, visit: Callable[..., Visitor], door: TestersDoor, language: str, tmp_path: Path
) -> None:
    phone = visit(language=language)
    phone.open(f"/?lang={language}")
    she = Citizen(phone, door)
    she.signs_in("harjinder")
    inspector = Inspector(browser, url=server.url, thorough=language == "pa")
    inspector.accompany(phone)

    phone.page.get_by_role("link", name=MENU[language], exact=True).click()
    phone.arrives("privacy.dashboard")

    assert all(sentence.strip() for sentence in phone.at("explains").all_inner_texts())
    expect(phone.at("explains")).to_have_count(6)
    _takes_it_along(phone, tmp_path)
    _lets_news_come(phone)
    she.visits("/privacy", "/privacy/looks?all=1", "/privacy/held/profile", "/privacy/messages")
    she.names_somebody()
    phone.open("/privacy/nominate")
    phone.send("remove-nominee")
    expect(phone.at("nominee-row")).to_have_count(0)
    inspector.finish()


def _takes_it_along(phone: Visitor, folder: Path) -> None:
    phone.page.locator('a[href="/privacy/download"]').click()
    phone.arrives("privacy.download")
    phone.send("download")
    with phone.page.expect_download() as waiting:
        phone.at("download-file").click()
    waiting.value.save_as(folder / "all.zip")
    data = json.loads(zipfile.ZipFile(folder / "all.zip").read("data.json"))
    assert data["account"]["full_name"] == "Harjinder Kaur"


def _lets_news_come(phone: Visitor) -> None:
    phone.open("/privacy/messages")
    phone.page.locator('[data-testid="cell"][data-id="promo.own sms"]').click()
    phone.arrives("consents.choice")
