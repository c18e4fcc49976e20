"""What leaves the screen: codes that a phone reads, and the sheet that a printer makes."""

import io
import json
import random
from collections.abc import Callable
from unicodedata import normalize

import pyotp
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator
from pypdf import PdfReader

from tests.journeys.citizen import Citizen
from tests.journeys.testers_door import TestersDoor
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
SERVICE = "grievance-state"


@pytest.fixture(params=["light", "dark"])
def phone(request: pytest.FixtureRequest, visit: Callable[..., Visitor]) -> Visitor:
    """A phone in each colour scheme."""
    return visit(language="en", color_scheme=request.param, device_scale_factor=2)


def read_code(drawn: Locator) -> str:
    """Read a QR code off the screen."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn.screenshot())))
    assert len(found) == 1
    return found[0].text


def test_an_app_reads_the_secret_off_the_screen(phone: Visitor, door: TestersDoor) -> None:
    she = Citizen(phone, door)
    she.signs_in("harjinder")
    phone.open("/account/second-factor")

    scanned = pyotp.parse_uri(read_code(phone.at("totp-qr")))

    assert scanned.secret == phone.says("totp-secret").replace(" ", "")
    assert scanned.issuer == "mSewa"
    assert she.facts["mobile"] not in scanned.provisioning_uri()


def test_the_receipt_leads_back_to_its_application_and_fits_one_sheet(phone: Visitor, door: TestersDoor) -> None:
    she = Citizen(phone, door)
    she.signs_in("harjinder")
    reference = she.applies(SERVICE, address="# 14, Handiaya Road")

    scanned = read_code(phone.page.locator(".receipt [role=img]"))
    printed = PdfReader(io.BytesIO(phone.page.pdf(format="A4")))

    assert scanned == f"{phone.url}/applications/{reference}"
    assert len(printed.pages) == 1
    assert reference in printed.pages[0].extract_text()
    assert "My applications" not in printed.pages[0].extract_text()  # paper leads nowhere


@pytest.mark.promise("P52")
def test_a_deletion_receipt_prints_word_for_word(phone: Visitor, door: TestersDoor) -> None:
    she, mobile = Citizen(phone, door), f"98765{random.randrange(10**5):05}"
    she.registers(full_name="Harpreet Kaur", mobile=mobile, password="kanak di roti 47")
    phone.open("/account/delete")
    phone.send("delete")
    phone.at("deletion-receipt").wait_for()
    said = phone.says("receipt-text")

    printed = PdfReader(io.BytesIO(phone.page.pdf(format="A4")))

    sheet = normalize("NFKC", "".join(page.extract_text() for page in printed.pages))  # letters that a font joins
    assert json.loads(said)["type"] == "msewa.deletion-receipt.1"
    assert "".join(said.split()) in "".join(sheet.split())


def test_the_paper_keys_print_on_one_sheet_without_buttons(phone: Visitor, door: TestersDoor) -> None:
    she = Citizen(phone, door)
    she.signs_in("harjinder")
    phone.open("/account/recovery-codes")
    phone.send("renew-codes")
    phone.at("page-accounts.renewed_codes").wait_for()
    codes = phone.at("recovery-code").all_inner_texts()

    printed = PdfReader(io.BytesIO(phone.page.pdf(format="A4")))

    assert len(printed.pages) == 1
    sheet = printed.pages[0].extract_text()
    assert all(code in sheet for code in codes)
    assert "shown only now" in phone.says("form-recovery-codes")
    assert "void" not in sheet  # it would be read of the keys beside it
