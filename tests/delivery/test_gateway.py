"""The way out: TLS that is verified, no redirects, no private addresses, and nothing else opens a connection."""

import ast
import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from msewa import egress
from msewa.delivery.gateway import HttpDepartments, NotAcceptedError, Parcel
from msewa.egress import EgressError
from tests.delivery.conftest import RunningDepartment
from tests.installation import ROOT
from tests.listeners import TlsListener

OUTSIDE = {"socket", "ssl", "http.client", "urllib.request", "smtplib", "ftplib", "telnetlib", "requests", "httpx", "urllib3", "asyncio"}
HOLES = {"msewa/egress.py"}


def parcel_to(endpoint: str) -> Parcel:
    return Parcel(id="a" * 32, provider_id="health", endpoint=endpoint, jwe="not.a.real.package.at-all")


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[TlsListener]:
    with TlsListener(tmp_path) as running:
        yield running


@pytest.mark.promise("P31")
@pytest.mark.promise("P70")
def test_only_the_one_way_out_opens_connections() -> None:
    openers = {
        str(path.relative_to(ROOT)): sorted(imported(path) & OUTSIDE)
        for path in [*(ROOT / "msewa").rglob("*.py"), ROOT / "app.py"]
        if imported(path) & OUTSIDE
    }

    assert openers.pop("app.py") == ["socket"]  # it tries the port on which it is to listen
    assert set(openers) == HOLES, f"{openers}: send through msewa/egress.py"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_redirect_is_not_followed(department: Callable[..., RunningDepartment]) -> None:
    process = department()

    with pytest.raises(NotAcceptedError, match=r"^307$"):
        HttpDepartments(allow_loopback=True).post(parcel_to(f"{process.address}/moved"))

    assert process.told()["calls"] == []


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.promise("P74")
def test_production_reaches_no_department_in_the_clear(room: Flask, department: Callable[..., RunningDepartment]) -> None:
    process = department()

    with pytest.raises(EgressError, match="NotEncrypted"):
        HttpDepartments().post(parcel_to(process.address))

    assert process.told()["calls"] == []


@pytest.mark.promise("P74")
def test_a_department_whose_certificate_nobody_vouches_for_gets_nothing(listener: TlsListener) -> None:
    with pytest.raises(EgressError, match="SSLCertVerificationError 1"):
        egress.post(listener.address, b"closed", headers={})

    assert listener.received == []


def test_a_name_that_leads_into_a_private_network_gets_nothing(listener: TlsListener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(listener.certificate))

    with pytest.raises(EgressError, match="PrivateAddress"):
        HttpDepartments().post(parcel_to(listener.address))
    egress.post(listener.address, b"a trusted name", headers={})

    assert [body for _, body in listener.received] == [b"a trusted name"]


@pytest.mark.parametrize("answer", [b"thank you", b"[" * 60_000], ids=["words", "brackets"])
def test_an_answer_without_a_receipt_is_still_an_acceptance(listener: TlsListener, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(listener.certificate))
    listener.answer = answer

    assert HttpDepartments(allow_loopback=True).post(parcel_to(listener.address)) == ""


def test_nobody_listening_is_an_error_that_names_nobody() -> None:
    with pytest.raises(EgressError) as caught:
        egress.post("https://localhost:9/secret-path", b"", headers={})

    assert caught.value.reason == f"ConnectionRefusedError {errno.ECONNREFUSED}"
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
