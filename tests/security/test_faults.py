"""Neither a fault nor the log tells anything of anybody, nor when somebody looked at what (P14, P41, P70)."""

import json
import logging
from urllib.parse import quote

import pytest
from flask import Blueprint, Flask, render_template_string
from sqlalchemy import text

from msewa.extensions import db
from msewa.web import journal
from msewa.web.access import public
from tests.people import signed_in
from tests.security.conftest import Witness
from tests.security.planted import IN_GURMUKHI, NAME
from tests.strict_client import StrictClient


@pytest.mark.promise("P70")
def test_no_log_line_names_an_address_of_the_network_or_a_browser(client: StrictClient, witness: Witness) -> None:
    client.get("/secret?q=secret", headers={"User-Agent": "Planted/5.0"}, environ_base={"REMOTE_ADDR": "203.0.113.77"})

    assert witness.lines
    assert not [line for line in witness.lines if "203.0.113" in line or "Planted" in line or "secret" in line]


@pytest.mark.promise("P14", "P41")
def test_what_was_merely_looked_at_leaves_no_line(app: Flask, client: StrictClient, witness: Witness) -> None:
    signed_in(client, app=app)
    witness.lines.clear()

    for path in ("/", "/services", "/services/birth-certificate", "/profile", "/applications", "/health/live"):
        assert client.get(path).status_code == 200
    client.head("/services")

    assert witness.lines == []


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
    for word in ("Plantwala", "ਪਲਾਂਟ", "Traceback", "security.test_faults", "RuntimeError", "insert into"):
        assert word not in said
        assert word not in "\n".join(line for line in witness.lines if '"place"' not in line)
        assert word not in "".join(capfd.readouterr()) or word == "security.test_faults"
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
    assert len([line for line in witness.lines if '"event": "request"' in line]) == 3
