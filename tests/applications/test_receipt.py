"""The receipt of a sending: to whom, what by name, the digest of the very bytes; nothing of what she wrote."""

import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.applications.models import Application
from msewa.catalogue.queries import get_provider
from msewa.consents import queries
from msewa.consents.models import Receipt
from msewa.delivery.models import Package
from msewa.extensions import db
from tests.applications.conftest import PROFILE, Applicant, suspend


def receipts_of(app: Flask, applicant: Applicant) -> list[queries.Given]:
    with app.app_context():
        return queries.list_receipts(applicant.person.subject())


@pytest.mark.promise("P37")
@pytest.mark.promise("P4")
def test_every_sending_gives_a_receipt_of_the_service_purpose(app: Flask, harjinder: Applicant) -> None:
    harjinder.sent("birth-certificate")

    (receipt,) = receipts_of(app, harjinder)
    record, process = receipt.record, receipt.record["hasProcess"]
    definition = harjinder.definition("birth-certificate")
    with app.app_context():
        sent = db.session.scalars(select(Package)).one()
        assert process["hasRecipient"]["hasName"] == get_provider(definition.provider).name["en"]
    assert receipt.kind == "disclosure"
    assert record["@type"] == "in-dpdp:Intimation"
    assert record["hasLegalBasis"] == "in-dpdp:S7-b"
    assert record["hasApplicableLaw"] == "legal-in:law-DPDP"
    assert process["hasPurpose"]["hasIdentifier"] == "service"
    assert process["in-dpdp:sha256OfWhatWasSent"] == sent.digest
    assert process["hasRecipient"]["hasIdentifier"] == definition.provider
    assert process["hasRecipient"]["hasStorageCondition"] == {"hasDuration": "not known"}
    assert process["hasStorageCondition"]["hasLocation"] == "loc:IN"


@pytest.mark.promise("P27")
def test_it_names_what_was_sent_and_says_nothing_of_it(app: Flask, harjinder: Applicant) -> None:
    harjinder.sent("birth-certificate")

    (receipt,) = receipts_of(app, harjinder)
    process, text = receipt.record["hasProcess"], json.dumps(receipt.record, ensure_ascii=False)
    definition = harjinder.definition("birth-certificate")
    labels = {need.key: need.label["en"] for need in definition.fields}
    assert process["in-dpdp:fields"]
    assert set(process["in-dpdp:fields"]) <= set(labels)
    assert process["hasPersonalData"] == [labels[key] for key in process["in-dpdp:fields"]]
    assert set(process["in-dpdp:papers"]) == {need.key for need in definition.papers if not need.made_by_us}
    for value in (*PROFILE.values(), harjinder.person.full_name, harjinder.person.mobile.removeprefix("+91"), harjinder.person.id):
        assert value not in text or value in definition.name["en"]


@pytest.mark.promise("P61")
def test_each_office_gets_another_number_for_her(app: Flask, harjinder: Applicant) -> None:
    for service in ("birth-certificate", "birth-certificate", "income-certificate"):
        harjinder.sent(service)

    ids = [receipt.record["hasDataSubject"]["hasIdentifier"] for receipt in receipts_of(app, harjinder)]
    offices = [receipt.record["hasProcess"]["hasRecipient"]["hasIdentifier"] for receipt in receipts_of(app, harjinder)]
    assert len(set(zip(ids, offices, strict=True))) == len(set(ids)) == len(set(offices))


@pytest.mark.promise("P26")
def test_what_is_not_sent_gives_no_receipt(app: Flask, harjinder: Applicant) -> None:
    base = harjinder.reviewed("birth-certificate")
    suspend(app, harjinder.definition("birth-certificate").provider)

    harjinder.send(base)

    assert receipts_of(app, harjinder) == []


def test_every_sent_application_has_one_receipt(app: Flask, harjinder: Applicant) -> None:
    base = harjinder.sent("birth-certificate")
    harjinder.client.post(f"{base}/submit", data={})

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Application).where(Application.submitted_at.isnot(None))) == 1
        assert db.session.scalar(select(func.count()).select_from(Receipt)) == 1


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_receipt_stands_on_her_page_and_is_found_valid(app: Flask, harjinder: Applicant, stranger: Applicant) -> None:
    harjinder.sent("birth-certificate")
    (row,) = harjinder.client.page("/privacy/receipts").all("receipt-row")

    file = harjinder.client.get(f"/privacy/receipts/{row.get('data-id')}.json")
    answer = stranger.client.submit("/privacy/verify", "verify", receipt=file.text)

    assert "data-verdict=valid" in answer.text.replace('"', "")


def test_a_correction_gives_a_receipt_of_its_own(app: Flask, harjinder: Applicant) -> None:
    ref = harjinder.sent("birth-certificate").rpartition("/")[2]
    typed = {"field": "father_name", "new": "Gurbachan Singh Other", "text": "The spelling on my papers is another one."}

    harjinder.client.submit(f"/grievances/corrections/{ref}", "correction", **typed)

    sent = [receipt.record["hasProcess"] for receipt in receipts_of(app, harjinder)]
    assert [process["in-dpdp:application"] for process in sent] == [ref, ref]
    assert ["father_name"] in [process["in-dpdp:fields"] for process in sent]
    assert "Gurbachan Singh Other" not in json.dumps(sent, ensure_ascii=False)
