"""What is published of the ledger, and the proof of one's own row, checked by the published script alone."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.crypto.keyring import Purpose
from msewa.crypto.notes import Signer, open_note, verifier_key
from msewa.extensions import db, writing
from msewa.ledger.models import LedgerEntry
from msewa.ledger.operations import checkpoint
from msewa.ledger.queries import list_entries
from msewa.web.keys import key_ring
from tests.ledger.conftest import NOW
from tests.people import Somebody, sign_in, signed_in, somebody
from tests.strict_client import Page, StrictClient

Proof = dict[str, Any]


def sign(app: Flask) -> None:
    with app.app_context(), writing():
        checkpoint(app.extensions["clock"].now())
        db.session.commit()


def rows_of(person: Somebody) -> list[int]:
    with person.app.app_context():
        return [entry["number"] for entry in list_entries(person.subject())]


@pytest.fixture
def proof(app: Flask, client: StrictClient) -> Proof:
    """Return the downloaded proof of a row of somebody who is signed in, among those of others."""
    person = signed_in(client, app=app)
    for _ in range(3):
        somebody(app)
    sign(app)
    return client.get(f"/privacy/proof/{rows_of(person)[0]}.json").get_json()


@pytest.fixture
def check(client: StrictClient, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Return what runs the published script, in a Python that sees nothing but its standard library."""
    (tmp_path / "check.py").write_text(client.get("/ledger/check.py").get_data(as_text=True))
    (tmp_path / "key.txt").write_text(client.get("/ledger/key").get_data(as_text=True))

    def run(proof: Proof, *more: str) -> tuple[int, str]:
        (tmp_path / "proof.json").write_text(json.dumps(proof))
        command = [sys.executable, "-I", "-S", "check.py", "proof.json", *more]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    return run


@pytest.mark.promise("P69")
def test_the_published_script_proves_a_row(proof: Proof, check: Callable[..., tuple[int, str]]) -> None:
    place = f"{proof['index'] + 1} of {proof['size']}"
    assert check(proof) == (0, f"This row stands at place {place} in the ledger signed by {proof['key']}\n")
    assert check(proof, "key.txt")[0] == 0


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_proof_stays_good_when_the_key_was_rotated_since(
    app: Flask, proof: Proof, check: Callable[..., tuple[int, str]], client: StrictClient
) -> None:
    with app.app_context():
        key_ring().rotate(Purpose.LEDGER, now=NOW)

    again = client.get(f"/privacy/proof/{proof['number']}.json").get_json()

    assert (again["checkpoint"], again["key"]) == (proof["checkpoint"], proof["key"])
    assert check(again)[0] == check(again, "key.txt")[0] == 0


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_script_refuses_a_key_that_did_not_sign(proof: Proof, check: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text(verifier_key(Signer("msewa.demo/ledger", bytes(32))))

    assert check(proof, "other.txt")[0] == 1


def changed(text: str) -> str:
    content = bytearray(base64.b64decode(text))
    content[len(content) // 2] ^= 1
    return base64.b64encode(content).decode()


CHANGES: dict[str, Callable[[Proof], Proof]] = {
    "the row": lambda proof: {"entry": changed(proof["entry"])},
    "its place": lambda proof: {"index": proof["index"] - 1},
    "its place, beyond the end": lambda proof: {"index": proof["index"] + (1 << 40)},
    "its place, before the beginning": lambda proof: {"index": -1},
    "the size": lambda proof: {"size": proof["size"] + 1},
    "a hash on its way": lambda proof: {"path": [changed(proof["path"][0]), *proof["path"][1:]]},
    "the length of its way": lambda proof: {"path": proof["path"][:-1]},
    "the signed root": lambda proof: {"checkpoint": proof["checkpoint"].replace(f"\n{proof['size']}\n", f"\n{proof['size'] + 1}\n")},
    "the signature": lambda proof: {"checkpoint": proof["checkpoint"].replace("ledger ", "ledger AAAA", 1)},
    "the key": lambda proof: {"key": proof["key"][:-44] + changed(proof["key"][-44:])},
}


@pytest.mark.promise("P69")
@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("what", CHANGES)
def test_the_script_refuses_a_proof_in_which_was_changed(what: str, proof: Proof, check: Callable[..., tuple[int, str]]) -> None:
    code, words = check({**proof, **CHANGES[what](proof)})

    assert code == 1
    assert "in the ledger signed by" not in words


@pytest.mark.promise("P69")
@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("part", ["entry", "index", "size", "path", "checkpoint", "key"])
@pytest.mark.parametrize("other", [None, "AAAA", -1, ["x"]])
def test_a_mangled_proof_gets_a_clear_word(part: str, other: Any, proof: Proof, check: Callable[..., tuple[int, str]]) -> None:
    code, words = check({**proof, part: other})

    assert code == 1
    assert words.startswith("NOT PROVEN: ")
    assert "Traceback" not in words


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_script_has_thirty_lines_and_imports_nothing_but_the_standard_library(client: StrictClient) -> None:
    script = client.get("/ledger/check.py").get_data(as_text=True)

    imports = [line for line in script.splitlines() if "import" in line]
    assert len(script.splitlines()) <= 30
    assert imports == ["import base64, hashlib, json, sys"]


@pytest.mark.promise("P69")
def test_a_row_of_somebody_else_is_no_row(app: Flask, client: StrictClient) -> None:
    other = somebody(app)
    signed_in(client, app=app)
    sign(app)

    assert client.get(f"/privacy/proof/{rows_of(other)[0]}.json").status_code == 404
    assert client.get("/privacy/proof/999999999.json").status_code == 404


def test_a_row_that_is_too_new_is_told_to_be_so(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)

    answer = client.get(f"/privacy/proof/{rows_of(person)[0]}.json")

    page = client.get(f"/privacy/proof/{rows_of(person)[0]}.json", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.status_code == page.status_code == 409
    assert "few minutes" in answer.get_json()["error"]
    assert "few minutes" in Page(page.get_data(as_text=True)).text, "whoever pressed the button reads a page"


@pytest.mark.parametrize("path", ["/ledger/checkpoints/{}", "/privacy/proof/{}.json"])
@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**40])
def test_a_number_that_can_be_none_is_not_found(app: Flask, client: StrictClient, path: str, number: int) -> None:
    signed_in(client, app=app)

    assert client.get(path.format(number)).status_code == 404


def test_the_proof_carries_the_row_as_it_is_stored(app: Flask, client: StrictClient) -> None:
    person = signed_in(client, app=app)
    sign(app)
    number = rows_of(person)[0]

    answer = client.get(f"/privacy/proof/{number}.json")

    with app.app_context():
        sealed = db.session.scalar(select(LedgerEntry.sealed).where(LedgerEntry.number == number))
    assert base64.b64decode(answer.get_json()["entry"]) == sealed
    assert answer.headers["Content-Disposition"] == f"attachment; filename=proof-{number}.json"
    assert "no-store" in answer.headers["Cache-Control"]


def test_checkpoints_are_public_as_plain_text(app: Flask, client: StrictClient) -> None:
    somebody(app)
    sign(app)

    newest = client.get("/ledger/checkpoint")

    size = newest.get_data(as_text=True).splitlines()[1]
    keys = client.get("/ledger/key").get_data(as_text=True).splitlines()
    assert newest.mimetype == "text/plain"
    assert client.get(f"/ledger/checkpoints/{size}").data == newest.data
    assert client.get("/ledger/checkpoints/0").status_code == 404
    assert open_note(newest.get_data(as_text=True), keys=keys[:1])


@pytest.mark.parametrize("language", ["en", "pa", "hi"])
@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_page_shows_script_key_and_newest_seal(app: Flask, client: StrictClient, language: str) -> None:
    somebody(app)
    sign(app)

    page = Page(client.get(f"/ledger?lang={language}").get_data(as_text=True))

    assert page.words("ledger-checkpoint").startswith("msewa.demo/ledger")
    assert (page.all("ledger-key")[0].text or "").startswith("msewa.demo/ledger+")
    assert "RFC 9162" in page.words("check-script")


@pytest.mark.parametrize("backend", ["sqlite"])
def test_another_persons_browser_gets_no_proof_without_signing_in(app: Flask, client: StrictClient, another_client: StrictClient) -> None:
    person = somebody(app)
    sign_in(client, person)
    sign(app)
    number = rows_of(person)[0]

    assert client.get(f"/privacy/proof/{number}.json").status_code == 200
    assert another_client.get(f"/privacy/proof/{number}.json").status_code == 303
