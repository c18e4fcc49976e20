"""After a whole journey nothing personal can be read in database, log, address, temporary file or error page (P50, P70, P72)."""

import base64
import json
import logging
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from flask import Blueprint, Flask, render_template_string
from sqlalchemy import select, text

from msewa.config import Settings
from msewa.extensions import Base, db
from msewa.web import journal
from msewa.web.access import public
from tests.applications.conftest import Applicant
from tests.installation import raw_bytes
from tests.people import PROFILE, signed_in
from tests.strict_client import StrictClient

NAME, EMAIL, TYPED = "Zorawarpreet Plantwala", "zorawar.plantwala@example.org", "Chowk 77-Zq Plantgaon"
IN_GURMUKHI = "ਜ਼ੋਰਾਵਰਪ੍ਰੀਤ ਪਲਾਂਟਵਾਲਾ"
SHORT = {"gender", "district", "tehsil", "occupation", "date_of_birth", "pincode", "aadhaar_last4", "income_annual"}


def spellings(value: str) -> set[bytes]:
    """Return a value in the forms in which it might lie about."""
    plain = value.encode()
    forms = {plain, value.encode("utf-16-le"), value.encode("utf-16-be"), plain.hex().encode(), plain.hex().upper().encode()}
    forms |= {quote(value).encode(), quote_plus(value).encode(), json.dumps(value)[1:-1].encode(), value.lower().encode(), plain[::-1]}
    for offset in range(3):
        # Whatever stands before it shifts base64 by none, one or two bytes; the ends depend on the neighbours.
        inner = base64.b64encode(b"\0" * offset + plain)
        forms |= {inner[4 if offset else 0 : -4], base64.urlsafe_b64encode(b"\0" * offset + plain)[4 if offset else 0 : -4]}
    return {form for form in forms if len(form) >= 8}


def found_in(content: bytes, planted: dict[str, set[bytes]]) -> set[str]:
    return {name for name, forms in planted.items() if any(form in content for form in forms)}


def test_the_search_finds_a_value_however_it_is_spelled() -> None:
    planted = {"name": spellings(NAME)}

    for hidden in (
        NAME.encode(),
        b"x" + NAME.encode("utf-16-le"),
        base64.b64encode(b"ab" + NAME.encode() + b"c"),
        NAME.encode().hex().encode(),
    ):
        assert found_in(b"..." + hidden + b"...", planted) == {"name"}


class Witness(logging.Handler):
    """Keeps every line that any logger writes."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record) + repr(record.args))


@pytest.fixture
def witness() -> Iterator[Witness]:
    loggers = [logging.getLogger(name) for name in (None, "msewa", "flask_wtf.csrf", "sqlalchemy.engine", "alembic")]
    handler = Witness()
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)


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
    assert (settings.data / "msewa.db").stat().st_mode & 0o077 in (0, 0o044)


@pytest.mark.promise("P50", "P70", "P72")
def test_no_log_line_address_cookie_or_file_tells_a_value(
    app: Flask, journey: dict[str, set[bytes]], witness: Witness, addresses: list[str], tmp_path: Path
) -> None:
    settings: Settings = app.extensions["settings"]
    secret = {name: forms for name, forms in journey.items() if name not in ("session", "device")}

    assert len(witness.lines) > 20
    assert found_in("\n".join(witness.lines).encode(), journey) == set()
    assert len(addresses) > 20
    assert found_in("\n".join(addresses).encode(), secret) == set()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    others = [path for path in settings.data.rglob("*") if path.is_file() and not path.name.startswith("msewa.db")]
    vault = re.compile(r"\d{4}-\d{2}\.pub|(vault|security)-\d{4}-\d{2}\.share-\d\.txt|README\.txt")
    known = {"keyring.json", "clock.json", "erasures.log"}
    assert {path.name for path in others if not vault.fullmatch(path.name)} <= known
    assert set().union(*(found_in(raw_bytes(path), journey) for path in others)) == set()


@pytest.mark.promise("P70")
def test_no_log_line_names_an_address_of_the_network_or_a_browser(client: StrictClient, witness: Witness) -> None:
    client.get("/services?q=secret", headers={"User-Agent": "Planted/5.0"}, environ_base={"REMOTE_ADDR": "203.0.113.77"})

    assert witness.lines
    assert not [line for line in witness.lines if "203.0.113" in line or "Planted" in line or "secret" in line]


bp = Blueprint("test_faults", __name__, url_prefix="/test-fault")


def _sql() -> None:
    db.session.execute(text("insert into account (id, nothing) values (:id, :name)"), {"id": "x", "name": NAME})


def _unique() -> None:
    for _ in range(2):
        db.session.execute(text("insert into throttle (bucket, tries, tried_at) values (:b, 1, '2026-01-01')"), {"b": NAME.encode()})


def _template() -> None:
    render_template_string("{{ nothing[name] }}", name=NAME)


def _encoding() -> None:
    NAME.encode("latin-1").decode("ascii") + IN_GURMUKHI.encode("ascii").decode()


def _chained() -> None:
    try:
        raise KeyError(NAME)
    except KeyError as error:
        raise RuntimeError(f"about {NAME}") from error


def _group() -> None:
    raise ExceptionGroup(NAME, [ValueError(NAME)])


class _SpeakingError(Exception):
    def __str__(self) -> str:
        raise ValueError(NAME)


def _speaking() -> None:
    raise _SpeakingError


FAULTS = {
    "sql": _sql,
    "unique": _unique,
    "template": _template,
    "encoding": _encoding,
    "chained": _chained,
    "group": _group,
    "speaking": _speaking,
}


@bp.get("/<kind>")
@public
def fail(kind: str) -> str:
    """Break in one of the ways."""
    FAULTS[kind]()
    return "unbroken"


@pytest.fixture
def breaking(app: Flask) -> Flask:
    if "test_faults" not in app.blueprints:
        app._got_first_request = False
        app.register_blueprint(bp)
    return app


@pytest.mark.promise("P70")
@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_fault_tells_its_number_and_nothing_else(
    breaking: Flask, client: StrictClient, witness: Witness, capfd: pytest.CaptureFixture[str], kind: str, headers: dict[str, str]
) -> None:
    signed_in(client, app=breaking, full_name=NAME)

    answer = client.get(f"/test-fault/{kind}", headers=headers)

    said = answer.get_data(as_text=True)
    assert answer.status_code in (500, 503)
    assert answer.headers["Cache-Control"] == "no-store"
    for word in ("Plantwala", "ਪਲਾਂਟ", "Traceback", "test_secrecy", "RuntimeError", "insert into"):
        assert word not in said
        assert word not in "\n".join(line for line in witness.lines if '"place"' not in line)
        assert word not in "".join(capfd.readouterr()) or word in ("test_secrecy",)
    assert "Plantwala" not in "\n".join(witness.lines)
    assert answer.headers["X-Request-Id"] in said
    assert any(answer.headers["X-Request-Id"] in line and "error" in line for line in witness.lines)


@pytest.mark.promise("P70")
@pytest.mark.parametrize("name", ["mobile", "full_name", "email", "url", "text", "message", "user", "account", "ip"])
def test_the_log_takes_listed_parameters_alone(name: str, witness: Witness) -> None:
    with pytest.raises(journal.UnlistedParameterError):
        journal.event("something", status=200, **{name: NAME})

    assert witness.lines == []


@pytest.mark.promise("P70")
def test_nothing_that_is_sent_can_forge_a_line_of_the_log(client: StrictClient, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    forged = '\r\n{"event": "forged"}\x1b[31m\u2028'
    monkeypatch.setattr(logging.getLogger("msewa"), "handlers", [witness])

    client.get("/services", query_string={"q": forged})
    client.get(f"/services/{quote(forged)}")
    client.post("/sign-in", data={"mobile": forged, "csrf_token": forged})
    client.open("/services", method='GET"} {"event": "forged"')
    client.get("/services", headers={"User-Agent": "x", "HX-Target": quote(forged)})

    for line in (line.removesuffix("()") for line in witness.lines):
        assert "\n" not in line
        assert "\x1b" not in line
        assert json.loads(line)["event"] in ("request", "csrf_refused")
        assert json.loads(line)["at"].endswith("+00:00")
    assert len([line for line in witness.lines if '"event": "request"' in line]) == 5
