"""Receipts: signed, without a name, checked by anybody; one for every choice and for every disclosure."""

import base64
import json
import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from joserfc import jws
from joserfc.jwk import OKPKey
from sqlalchemy import select

from msewa.consents import queries, receipts
from msewa.consents.models import Receipt
from msewa.consents.operations import choose, expire_due
from msewa.consents.records import STATUS, pairwise_id
from msewa.consents.rules import Event
from msewa.crypto.canonical import canonical
from msewa.crypto.keyring import Purpose
from msewa.extensions import db, writing
from msewa.ledger.rules import SubjectKey
from tests.conftest import ClockHandle
from tests.people import Somebody, signed_in, somebody
from tests.strict_client import StrictClient

ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def her(app: Flask, client: StrictClient) -> Somebody:
    return signed_in(client, app=app, full_name="Harbhajan Kaur Planted", email="planted@example.in")


def given(her: Somebody, event: Event = Event.GIVEN, *, purpose_id: str = "promo.own", language: str = "pa") -> dict[str, Any]:
    with her.app.app_context(), writing():
        now = her.app.extensions["clock"].now()
        receipt_id = choose(her.subject(), purpose_id, event, language=language, actor=her.actor, now=now)
        db.session.commit()
        return queries.get_receipt(her.subject(), receipt_id).record


@pytest.mark.promise("P4")
def test_a_receipt_says_law_basis_and_country(her: Somebody) -> None:
    record = given(her)

    assert record["hasApplicableLaw"] == "legal-in:law-DPDP"
    assert record["hasLegalBasis"] == "dpv:Consent"
    assert record["hasJurisdiction"] == "loc:IN"
    assert record["in-dpdp:provision"] == "DPDP Act 2023, s. 6"
    assert "ISO/IEC TS 27560:2023" in record["dct:conformsTo"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", record["@id"])


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
    hasProcessing hasPurpose hasRecipient hasStorageCondition isExercisedAt isIndicatedBy""",
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


def test_a_downloaded_receipt_is_found_valid(her: Somebody, client: StrictClient, another_client: StrictClient) -> None:
    record = given(her)
    path = f"/privacy/receipts/{record['@id'].removeprefix('urn:uuid:')}.json"

    file = client.get(path)
    answer = another_client.submit("/privacy/verify", "verify", receipt=file.text)

    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Cache-Control"] == "no-store"
    assert file.get_data() == canonical(record)
    assert 'data-verdict="valid"' in answer.text.replace("data-verdict=valid", 'data-verdict="valid"')
    assert another_client.get(path).status_code == 303


@pytest.mark.promise("P27")
def test_somebody_elses_receipt_is_not_there(app: Flask, her: Somebody, another_client: StrictClient) -> None:
    record = given(her)
    signed_in(another_client, app=app)

    for receipt_id in (record["@id"].removeprefix("urn:uuid:"), "x", "%00", "%ED%A0%80", "0" * 36, "00000000-0000-4000-8000-000000000000"):
        assert another_client.get(f"/privacy/receipts/{receipt_id}.json").status_code == 404


def verdict(client: StrictClient, text: str | bytes, *, as_file: bool = False) -> str:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    sent: dict[str, Any] = {"receipt": "", "files": {"file": (BytesIO(raw), "receipt.json")}} if as_file else {"receipt": raw.decode()}
    answer = client.submit("/privacy/verify", "verify", **sent)
    found = re.search(r'data-verdict="?(\w+)', answer.text)[1]
    assert answer.status_code == (200 if found == "valid" else 422)
    return found


def changed(record: dict[str, Any]) -> list[dict[str, Any]]:
    signature = record["in-dpdp:signature"]
    return [
        record | {"hasConsentStatus": "dpv:ConsentRefused"},
        record | {"more": 1},
        record | {"share": 0.5},
        {key: value for key, value in record.items() if key != "hasJurisdiction"},
        record | {"in-dpdp:signature": signature[:-6] + ("A" if signature[-6] != "A" else "B") + signature[-5:]},
        record | {"hasProcess": record["hasProcess"] | {"hasPersonalData": []}},
    ]


@ONE_BACKEND
def test_a_receipt_that_was_changed_is_called_so(her: Somebody, client: StrictClient) -> None:
    record = given(her)

    assert [verdict(client, json.dumps(one)) for one in changed(record)] == ["altered"] * 6
    assert verdict(client, json.dumps(record, indent=3), as_file=True) == "valid"


@ONE_BACKEND
def test_no_byte_of_a_receipt_can_be_another(her: Somebody) -> None:
    text = canonical(given(her, language="hi")).decode()
    others = [text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :] for at in range(len(text))]

    with her.app.app_context():
        found = [at for at, other in enumerate(others) if receipts.verify(other).verdict == "valid"]

    assert found == []


@ONE_BACKEND
def test_a_file_that_a_windows_editor_saved_is_still_ours(her: Somebody, client: StrictClient) -> None:
    assert verdict(client, json.dumps(given(her)).encode("utf-8-sig"), as_file=True) == "valid"


@ONE_BACKEND
def test_a_receipt_of_another_key_is_not_ours(her: Somebody, client: StrictClient) -> None:
    record = given(her)
    header = base64.urlsafe_b64encode(b'{"alg":"Ed25519","kid":"0000000000000000"}').rstrip(b"=").decode()
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    seal = record["in-dpdp:signature"].rpartition(".")[2]

    for signature in (f"{header}..{seal}", f"{none}..", f"{none}..{seal}", "..", "", "x" * 9000, None, 7, ["x"]):
        assert verdict(client, json.dumps(record | {"in-dpdp:signature": signature})) == "not_ours"


RUBBISH = [
    "",
    "x",
    "{}",
    "[]",
    "null",
    '{"in-dpdp:signature": "a..b"}',
    "[" * 60000,
    '{"a":' * 12000,
    '{"a": NaN}',
    '{"a": 1e999, "in-dpdp:signature": "a..b"}',
    '{"a": ' + "9" * 5000 + "}",
    '{"a": "\\ud800", "in-dpdp:signature": "a..b"}',
    "{{7*7}}<script>alert(1)</script>",
    "ਰਸੀਦ",
    '{"a": 1, "a": 2}',
    "x" * 200_000,
]


@ONE_BACKEND
@pytest.mark.parametrize("text", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_not_ours_and_breaks_nothing(client: StrictClient, text: str) -> None:
    assert verdict(client, text) == "not_ours"
    assert verdict(client, text, as_file=True) == "not_ours"


@ONE_BACKEND
@pytest.mark.parametrize("raw", [b"\x00", b"\xff\xfe" * 400, b"PK\x03\x04", bytes(range(256)) * 300])
def test_a_file_that_is_no_text_is_not_ours(client: StrictClient, raw: bytes) -> None:
    assert verdict(client, raw, as_file=True) == "not_ours"


@ONE_BACKEND
def test_a_name_that_is_said_twice_is_refused(her: Somebody, client: StrictClient) -> None:
    text = json.dumps(given(her))

    assert verdict(client, '{"hasConsentStatus": "dpv:ConsentRefused", ' + text[1:]) == "not_ours"


@ONE_BACKEND
def test_receipts_of_a_retired_key_stay_valid(her: Somebody, client: StrictClient) -> None:
    record = given(her)
    ring = her.app.extensions["key_ring"]

    ring.rotate(Purpose.RECEIPTS, now=her.app.extensions["clock"].now())

    assert verdict(client, json.dumps(record)) == "valid"
    newer = given(her, Event.WITHDRAWN)
    assert newer["in-dpdp:signature"].split(".")[0] != record["in-dpdp:signature"].split(".")[0]
    assert verdict(client, json.dumps(newer)) == "valid"


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


def test_a_receipt_is_found_valid_by_the_operation_too(app: Flask) -> None:
    her = somebody(app)
    record = given(her)

    with app.app_context():
        assert receipts.verify(json.dumps(record)).verdict == "valid"
        assert receipts.verify(json.dumps(record)).record == {key: value for key, value in record.items() if key != "in-dpdp:signature"}
