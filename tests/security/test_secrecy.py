"""After a whole journey nothing personal can be read in database, log, address, temporary file or cookie (P50, P70, P72)."""

import base64
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.config import Settings
from msewa.extensions import Base, db
from tests.applications.conftest import Applicant
from tests.installation import raw_bytes
from tests.people import PROFILE, signed_in
from tests.security.conftest import Witness
from tests.security.planted import IN_GURMUKHI, NAME, found_in, spellings
from tests.strict_client import StrictClient

EMAIL, TYPED = "zorawar.plantwala@example.org", "Chowk 77-Zq Plantgaon"
SHORT = {"gender", "district", "tehsil", "occupation", "date_of_birth", "pincode", "aadhaar_last4", "income_annual"}


def test_the_search_finds_a_value_however_it_is_spelled() -> None:
    planted = {"name": spellings(NAME)}

    for hidden in (
        NAME.encode(),
        b"x" + NAME.encode("utf-16-le"),
        base64.b64encode(b"ab" + NAME.encode() + b"c"),
        NAME.encode().hex().encode(),
    ):
        assert found_in(b"..." + hidden + b"...", planted) == {"name"}


@pytest.fixture
def addresses(app: Flask) -> Iterator[list[str]]:
    """Every address asked for or led to, with the cookies given on the way."""
    seen: list[str] = []
    inner: Any = app.wsgi_app

    def watch(environ, start_response):
        seen.append(f"{environ['PATH_INFO'].encode('latin-1').decode('utf-8', 'replace')}?{environ['QUERY_STRING']}")

        def start(status, headers, exc_info=None):
            seen.extend(value for name, value in headers if name in ("Location", "Set-Cookie", "HX-Redirect"))
            return start_response(status, headers, exc_info)

        return inner(environ, start)

    app.wsgi_app = watch
    yield seen
    app.wsgi_app = inner


@pytest.fixture
def journey(
    app: Flask,
    client: StrictClient,
    offices: Flask,
    witness: Witness,
    addresses: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> dict[str, set[bytes]]:
    """Walk from profile to a sent application; return every planted value in all its spellings."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    person = signed_in(client, app=app, profile=PROFILE, full_name=NAME, email=EMAIL)
    applicant = Applicant(client, app, person)
    base = applicant.sent("birth-certificate", child_name=IN_GURMUKHI, place_of_birth=TYPED)
    applicant.work()
    client.submit("/account/email", "email", email="other.plantwala@example.org")
    for path in (base, f"{base}/sent", "/profile", "/account/security", "/applications", "/sandbox/outbox.json"):
        client.get(path)
    client.submit("/account/password", "password", password="another secret planted 5", new_password="yet another planted 6")
    values = {key: value for key, value in PROFILE.items() if key not in SHORT}
    values |= {"name": NAME, "mobile": person.mobile[3:], "email": EMAIL, "typed": TYPED, "gurmukhi": IN_GURMUKHI}
    values |= {"new address": "other.plantwala@example.org", "password": person.password, "totp": person.totp_secret}
    values |= {"wrong password": "another secret planted 5", "new password": "yet another planted 6"}
    values |= {
        "session": client.get_cookie("session").value,
        "device": getattr(client.get_cookie("device"), "value", "") or "no device yet",
    }
    return {name: spellings(value) for name, value in values.items()}


@pytest.mark.promise("P50", "P72")
def test_no_column_of_any_table_holds_a_value_that_can_be_read(app: Flask, journey: dict[str, set[bytes]]) -> None:
    readable: dict[str, set[str]] = {}
    filled: set[str] = set()
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                filled.add(table.name)
                content = b"\x1f".join(_bytes_of(value) for value in row)
                if found := found_in(content, journey):
                    readable[table.name] = found

    assert readable == {}
    assert {"account", "application", "application_page", "application_paper", "ledger_entry", "message", "outbox_item"} <= filled
    assert {"package", "profile_section", "sign_in_session", "sandbox_parcel", "used_form_key"} <= filled


def _bytes_of(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return (json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)).encode()


@pytest.mark.promise("P50", "P72")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_embedded_databases_files_are_closed_whole(app: Flask, journey: dict[str, set[bytes]]) -> None:
    settings: Settings = app.extensions["settings"]
    files = {path.name: raw_bytes(path) for path in settings.data.iterdir() if path.name.startswith("msewa.db")}

    assert {"msewa.db", "msewa.db-wal"} <= files.keys()
    for name, content in files.items():
        assert found_in(content, journey) == set(), name
        assert b"SQLite format 3" not in content
        assert b"account" not in content, "not even the names of tables can be read"
    assert {name: oct((settings.data / name).stat().st_mode & 0o777) for name in files} == dict.fromkeys(files, "0o600")


@pytest.mark.promise("P50", "P70", "P72")
def test_no_log_line_address_cookie_or_file_tells_a_value(
    app: Flask, journey: dict[str, set[bytes]], witness: Witness, addresses: list[str], tmp_path: Path
) -> None:
    settings: Settings = app.extensions["settings"]
    secret = {name: forms for name, forms in journey.items() if name not in ("session", "device")}

    assert len(witness.lines) > 5, "acts leave lines"
    assert found_in("\n".join(witness.lines).encode(), journey) == set()
    assert len(addresses) > 20
    assert found_in("\n".join(addresses).encode(), secret) == set()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    others = [path for path in settings.data.rglob("*") if path.is_file() and not path.name.startswith("msewa.db")]
    vault = re.compile(r"\d{4}-\d{2}\.pub|(vault|security)-\d{4}-\d{2}\.share-\d\.txt|README\.txt")
    known = {"keyring.json", "clock.json", "erasures.log", "erasures.head", "ledger.checkpoint"}
    assert {path.name for path in others if not vault.fullmatch(path.name)} <= known
    assert set().union(*(found_in(raw_bytes(path), journey) for path in others)) == set()
