"""Receipts: signed, without a name; one for every choice and for every disclosure."""

import base64
import json
import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from joserfc import jws
from joserfc.jwk import OKPKey
from sqlalchemy import select

from msewa.consents import queries
from msewa.consents.models import Receipt
from msewa.consents.operations import expire_due
from msewa.consents.records import STATUS, pairwise_id
from msewa.consents.rules import Event
from msewa.crypto.canonical import canonical
from msewa.extensions import db, writing
from msewa.ledger.rules import SubjectKey
from msewa.web.clock import INDIA, day_of
from tests.conftest import ClockHandle
from tests.consents.conftest import given
from tests.consents.test_policy_changes import second
from tests.people import Somebody, signed_in
from tests.strict_client import StrictClient

__all__ = ["second"]
ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.mark.promise("P4")
def test_a_receipt_says_law_basis_and_country(her: Somebody) -> None:
    record = given(her)

    assert record["hasApplicableLaw"] == "legal-in:law-DPDP"
    assert record["hasLegalBasis"] == "dpv:Consent"
    assert record["hasJurisdiction"] == "loc:IN"
    assert record["in-dpdp:provision"] == "DPDP Act 2023, s. 6"
    assert "ISO/IEC TS 27560:2023" in record["dct:conformsTo"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", record["@id"])


@pytest.mark.promise("P10")
def test_a_receipt_names_the_policy_that_is_in_force_on_its_day_in_india(
    her: Somebody, request: pytest.FixtureRequest, clock: ClockHandle
) -> None:
    midnight = datetime.combine(day_of(clock.now()) + timedelta(days=1), time(), tzinfo=INDIA)
    clock.advance(seconds=(midnight - clock.now()).total_seconds() + 60)
    request.getfixturevalue("second")  # in force from that midnight, when in Greenwich it is still the day before

    clock.advance(minutes=-2)
    before = given(her)
    clock.advance(minutes=2)

    assert [record["in-dpdp:policy"]["dct:hasVersion"] for record in (before, given(her, Event.WITHDRAWN))] == ["1.0", "2.0"]


def test_every_event_has_its_status_and_its_receipt(her: Somebody) -> None:
    events = [given(her, event) for event in (Event.REFUSED, Event.GIVEN, Event.RENEWED, Event.WITHDRAWN)]

    assert [record["hasConsentStatus"] for record in events] == [
        "dpv:ConsentRefused",
        "dpv:ConsentGiven",
        "dpv:RenewedConsentGiven",
        "dpv:ConsentWithdrawn",
    ]
    assert set(STATUS) == set(Event)
    assert "dct:valid" in events[1]
    assert "dct:valid" not in events[3]


# The classes and relations of DPV 2.3 (https://w3id.org/dpv/2.3) that a receipt may speak in, as its guide for TS 27560 maps them.
DPV = frozenset(
    re.findall(
        r"\w+",
        """ConsentReceipt Process WithdrawConsent hasApplicableLaw hasAuthority hasConsentControl hasConsentStatus hasContact
        hasDataController
    hasDataSubject hasDuration hasIdentifier hasJurisdiction hasLegalBasis hasLocation hasName hasNotice hasPersonalData hasProcess
    hasProcessing hasPurpose hasRecipient hasStorageCondition isExercisedAt isIndicatedBy hasIndicationMethod""",
    )
)
# Fields that ISO/IEC TS 27560:2023 asks of every record, as that guide spells them.
HEAD = {"dct:conformsTo", "dct:identifier", "dct:language", "hasDataSubject", "hasDataController", "hasJurisdiction", "hasAuthority"}
EVENT = {"dct:date", "dct:valid", "isIndicatedBy", "hasConsentStatus", "hasLegalBasis", "hasConsentControl"}
PROCESS = {"hasNotice", "hasPurpose", "hasPersonalData", "hasRecipient", "hasStorageCondition", "hasProcessing"}


def words_of(value: Any) -> set[str]:
    """Return every name and class in a record that has no prefix, and so is DPV's."""
    if isinstance(value, list):
        return {word for inner in value for word in words_of(inner)}
    if not isinstance(value, dict):
        return set()
    own = {key for key in value if not key.startswith("@") and ":" not in key}
    kinds = {value["@type"]} if ":" not in value.get("@type", ":") else set()
    return own | kinds | {word for key, inner in value.items() if key != "@context" for word in words_of(inner)}


def test_a_receipt_speaks_in_words_that_the_vocabulary_has(her: Somebody) -> None:
    record = given(her)

    assert words_of(record) <= DPV
    assert set(record) >= HEAD | EVENT
    assert set(record["hasProcess"]) >= PROCESS
    assert set(record["hasProcess"]["hasStorageCondition"]) == {"hasLocation", "hasDuration"}


def addresses_of(value: Any) -> list[str]:
    """Return every @id in a record, and what its own terms' prefix stands for."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    own = [value[key] for key in ("@id", "in-dpdp", "isExercisedAt") if key in value] if isinstance(value, dict) else []
    return [one for one in own if isinstance(one, str)] + [one for part in inner for one in addresses_of(part)]


def test_a_receipt_names_the_site_that_gave_it(her: Somebody, app: Flask) -> None:
    site = app.extensions["settings"].site

    found = addresses_of(given(her))

    assert {f"{site}/", f"{site}/privacy/receipts/in-dpdp#", f"{site}/privacy/choices"} <= set(found)
    assert [one for one in found if one.startswith("/")] == []


def test_a_receipt_says_who_decided(her: Somebody, clock: ClockHandle) -> None:
    hers = given(her)
    clock.advance(days=400)
    with her.app.app_context(), writing():
        expire_due("", now=clock.now())
        db.session.commit()
        ended = queries.list_receipts(her.subject())[0].record

    assert hers["isIndicatedBy"] == hers["hasDataSubject"]["hasIdentifier"]
    assert ended["hasConsentStatus"] == "dpv:ConsentExpired"
    assert ended["isIndicatedBy"] == ended["hasDataController"]["hasName"]


def test_a_receipt_names_nobody(her: Somebody) -> None:
    text = canonical(given(her, purpose_id="channel.email")).decode()

    for planted in (her.full_name, her.mobile, her.mobile.removeprefix("+91"), her.email or "", her.id):
        assert planted not in text


@pytest.mark.promise("P61")
def test_a_pairwise_id_is_another_for_each_recipient_purpose_and_person() -> None:
    one, other = SubjectKey("1", b"1" * 32), SubjectKey("1", b"2" * 32)
    ids = [
        pairwise_id(one, recipient="a", purpose_id="x"),
        pairwise_id(one, recipient="b", purpose_id="x"),
        pairwise_id(one, recipient="a", purpose_id="y"),
        pairwise_id(one, recipient="ax", purpose_id=""),
        pairwise_id(other, recipient="a", purpose_id="x"),
    ]

    assert len(set(ids)) == len(ids)
    assert ids[0] == pairwise_id(one, recipient="a", purpose_id="x")


def test_a_receipt_lies_sealed(her: Somebody) -> None:
    given(her)

    with her.app.app_context():
        (sealed,) = db.session.scalars(select(Receipt.sealed))

    assert b"promo.own" not in sealed
    assert b"dpv" not in sealed


def test_its_signature_is_checked_by_others_with_the_published_key(her: Somebody, client: StrictClient) -> None:
    record = given(her)
    signature = record.pop("in-dpdp:signature")
    header, empty, seal = signature.split(".")
    kid = json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]
    (key,) = [one for one in client.get("/privacy/keys.json").json["keys"] if one["kid"] == kid]

    whole = f"{header}.{base64.urlsafe_b64encode(canonical(record)).rstrip(b'=').decode()}.{seal}"

    assert empty == ""
    assert jws.deserialize_compact(whole, OKPKey.import_key(key), algorithms=["Ed25519"]).payload == canonical(record)
    assert "d" not in key


@pytest.mark.promise("P27")
def test_somebody_elses_receipt_is_not_there(app: Flask, her: Somebody, another_client: StrictClient) -> None:
    record = given(her)
    signed_in(another_client, app=app)

    for receipt_id in (record["@id"].removeprefix("urn:uuid:"), "x", "%00", "%ED%A0%80", "0" * 36, "00000000-0000-4000-8000-000000000000"):
        assert another_client.get(f"/privacy/receipts/{receipt_id}.json").status_code == 404


@ONE_BACKEND
def test_her_receipts_are_listed_the_newest_first(her: Somebody, client: StrictClient) -> None:
    assert "No receipt yet" in client.page("/privacy/receipts").text
    ids = [given(her, event)["@id"].removeprefix("urn:uuid:") for event in (Event.GIVEN, Event.WITHDRAWN)]

    rows = [row.get("data-id") for row in client.page("/privacy/receipts").all("receipt-row")]

    assert rows == ids[::-1]


@ONE_BACKEND
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_the_pages_of_receipts_read_in_every_language(her: Somebody, client: StrictClient, language: str) -> None:
    given(her, language=language)

    for path in ("/privacy/receipts", "/privacy/verify", "/privacy/receipts/in-dpdp", "/privacy/choices", "/privacy/purposes"):
        assert client.get(f"{path}?lang={language}").status_code == 200


@ONE_BACKEND
def test_every_term_of_ours_in_a_receipt_is_explained(her: Somebody, client: StrictClient) -> None:
    said = client.get("/privacy/receipts/in-dpdp").text
    with her.app.app_context():
        terms = set(re.findall(r'"in-dpdp:([A-Za-z0-9-]+)"', canonical(given(her)).decode()))

    assert terms >= {"provision", "policy", "sha256", "signature"}
    assert [term for term in terms if not re.search(rf"\b{term}\b", said)] == []
