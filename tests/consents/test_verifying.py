"""Checking a receipt: anybody may, whatever they bring, and no byte of it can be another."""

import base64
import json
import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from msewa.consents import receipts
from msewa.consents.rules import Event
from msewa.crypto.canonical import canonical
from msewa.crypto.keyring import Purpose
from tests.consents.conftest import given
from tests.people import Somebody, somebody
from tests.strict_client import Page, StrictClient

ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"])


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


def test_a_receipt_is_found_valid_by_the_operation_too(app: Flask) -> None:
    her = somebody(app)
    record = given(her)

    with app.app_context():
        assert receipts.verify(json.dumps(record)).verdict == "valid"
        assert receipts.verify(json.dumps(record)).record == {key: value for key, value in record.items() if key != "in-dpdp:signature"}


def test_an_empty_form_is_asked_for_a_receipt_and_gets_no_verdict(client: StrictClient) -> None:
    answer = client.submit("/privacy/verify", "verify", receipt=" \n")

    page = Page(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert page.words("error-receipt") in page.words("error-summary")
    assert not page.all("verdict")
