"""What the pages of receipts say in words, to her and to whoever is shown one."""

import json
import re

import pytest
from flask import Flask

from msewa.consents import receipts
from msewa.consents.rules import Event
from tests.consents.test_receipts import ONE_BACKEND, given
from tests.people import Somebody, signed_in
from tests.strict_client import StrictClient

pytestmark = ONE_BACKEND
SAID = ["You switched it off", "You said yes", "You said no"]


@pytest.fixture
def her(app: Flask, client: StrictClient) -> Somebody:
    return signed_in(client, app=app)


def test_her_list_tells_a_yes_from_a_no(her: Somebody, client: StrictClient) -> None:
    for event in (Event.REFUSED, Event.GIVEN, Event.WITHDRAWN):
        given(her, event, language="en")

    page = client.get("/privacy/receipts?lang=en").text

    assert re.findall("|".join(SAID), page) == SAID


def test_whoever_checks_a_receipt_reads_what_it_says(her: Somebody, another_client: StrictClient) -> None:
    given(her, purpose_id="newsletter")
    record = given(her, Event.WITHDRAWN, purpose_id="newsletter", language="en")

    page = another_client.submit("/privacy/verify?lang=en", "verify", receipt=json.dumps(record)).text

    words = page.partition("<details")[0]
    assert all(said in words for said in ("Newsletter", "You switched it off", "DPDP Act 2023, s. 6"))


def test_something_else_that_we_signed_is_shown_as_it_is(app: Flask, client: StrictClient) -> None:
    with app.app_context():
        signed = receipts.make({"deleted_at": "2026-11-23T09:00:00+00:00"})

    answer = client.submit("/privacy/verify", "verify", receipt=json.dumps(signed))

    assert answer.status_code == 200
    assert "deleted_at" in answer.text


def test_her_list_reads_in_the_language_of_the_page_and_not_of_the_receipt(her: Somebody, client: StrictClient) -> None:
    given(her, purpose_id="newsletter", language="pa")

    page = client.get("/privacy/receipts?lang=en").text

    assert "Newsletter" in page
    assert "ਖ਼ਬਰਨਾਮਾ" not in page
