"""What a law had us hand over has its receipt, as soon as she may be told (P4, P30, P46)."""

import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from msewa.consents import receipts
from msewa.consents.holding import HOLDING
from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat
from tests.dpo.test_demands import DEMAND, carried_out, document
from tests.people import PROFILE


def given(whom: Seat) -> list[dict[str, Any]]:
    """Return what her receipts of a demand under law say, the newest last."""
    with whom.app.app_context():
        kept = HOLDING.gather(whom.person.subject())["receipts"]
    return [one["record"] for one in kept if one["kind"] == "law"]


@pytest.mark.promise("P4", "P30", "P46")
def test_a_disclosure_under_law_gives_a_receipt_at_once(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    number = carried_out(anita, jaspreet, harjinder)

    (record,) = given(harjinder)
    process = record["hasProcess"]
    assert (record["@type"], record["hasLegalBasis"]) == ("in-dpdp:DisclosureUnderLaw", "dpv:LegalObligation")
    assert record["in-dpdp:provision"] == "DPDP Act 2023, s. 7(d), (e), (f)"
    assert process["hasRecipient"]["hasName"] == DEMAND["authority"]
    said = {"hasIdentifier": number, "in-dpdp:provision": DEMAND["provision"], "in-dpdp:instrument": DEMAND["instrument"]}
    assert process["in-dpdp:demand"] == said
    assert process["in-dpdp:fields"] == ["address", "bank_account"]
    assert process["hasPurpose"]["hasIdentifier"] == "disclosure"


def test_its_digest_is_that_of_the_document_as_it_is_handed_over(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    number = carried_out(anita, jaspreet, harjinder)

    handed = document(anita, number).get_data()

    assert given(harjinder)[0]["hasProcess"]["in-dpdp:sha256OfWhatWasSent"] == hashlib.sha256(handed).hexdigest()
    assert len(given(harjinder)) == 1, "to open it again hands nothing more over"


@pytest.mark.promise("P30")
def test_under_a_gag_it_comes_with_the_end_and_says_the_day_of_handing_over(
    anita: Seat, jaspreet: Seat, harjinder: Seat, clock: ClockHandle
) -> None:
    until = (clock.now() + timedelta(days=30)).date().isoformat()
    carried_out(anita, jaspreet, harjinder, gag_until=until, gag_basis="section 5")
    handed_on = clock.now().date()

    clock.advance(days=29)
    harjinder.again().work()
    hidden = given(harjinder)
    clock.advance(days=3)
    harjinder.again().work()

    assert hidden == []
    (record,) = given(harjinder)
    assert record["hasProcess"]["dct:date"].startswith(handed_on.isoformat())
    assert record["dct:issued"].startswith(clock.now().date().isoformat())


@pytest.mark.promise("P49")
def test_of_a_life_in_danger_it_says_so(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    carried_out(anita, jaspreet, harjinder, ground="life", provision="")

    assert given(harjinder)[0]["hasLegalBasis"] == "dpv:VitalInterest"
    assert "Given out because a life was in danger" in harjinder.client.page("/privacy/receipts").text


def test_it_names_only_what_there_was_and_no_value_of_it(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    carried_out(anita, jaspreet, harjinder, fields=["address", "email"])

    (record,) = given(harjinder)
    assert record["hasProcess"]["in-dpdp:fields"] == ["address"], "an e-mail was never given"
    text = json.dumps(record, ensure_ascii=False)
    for value in (PROFILE["address"], harjinder.person.full_name, harjinder.person.mobile[3:], harjinder.person.id):
        assert value not in text


def test_it_is_on_her_list_in_her_download_and_can_be_checked(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    number = carried_out(anita, jaspreet, harjinder)

    (row,) = harjinder.client.page("/privacy/receipts").all("receipt-row")
    harjinder.client.submit("/privacy/download", "download")
    archive = zipfile.ZipFile(io.BytesIO(harjinder.client.get("/privacy/download/file").get_data()))

    assert number in "".join(row.itertext())
    assert DEMAND["authority"] in "".join(row.itertext())
    text = archive.read(f"receipts/{row.get('data-id')}.json").decode()
    with harjinder.app.app_context():
        assert receipts.verify(text).verdict is receipts.Verdict.VALID
        assert receipts.verify(text.replace(DEMAND["authority"], "Another court")).verdict is receipts.Verdict.ALTERED


def test_its_terms_are_explained(anita: Seat, jaspreet: Seat, harjinder: Seat) -> None:
    carried_out(anita, jaspreet, harjinder)

    said = harjinder.client.page("/privacy/receipts/in-dpdp").text
    text = json.dumps(given(harjinder)[0])
    terms = set(re.findall(r'"in-dpdp:([A-Za-z0-9-]+)"', text)) | set(re.findall(r"dpv:(\w*Obligation|\w*Interest)", text))

    assert terms >= {"DisclosureUnderLaw", "demand", "instrument", "LegalObligation"}
    assert [term for term in sorted(terms) if not re.search(rf"\b{term}\b", said)] == []


@pytest.mark.parametrize("language", ["pa", "hi"])
def test_its_purpose_can_be_read_in_her_language(harjinder: Seat, language: str) -> None:
    page = harjinder.client.page(f"/privacy/purposes/disclosure?lang={language}")

    assert {"pa": "ਕਾਨੂੰਨ", "hi": "क़ानून"}[language] in page.text
