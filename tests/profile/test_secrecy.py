"""What is kept of a profile can be read by nobody who holds the database, its file or the log."""

import base64
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.extensions import Base, db
from tests.installation import Installation, raw_bytes
from tests.people import PROFILE, Somebody, signed_in
from tests.strict_client import StrictClient

NAME, EMAIL = "Harjinder Planted Kaur", "harjinder.planted@example.in"
LONG_ENOUGH = 8  # what is shorter stands in a dump by chance: among microseconds, in random bytes


def planted(person: Somebody) -> list[str]:
    own = [value for value in PROFILE.values() if len(value) >= LONG_ENOUGH and not value.startswith("tehsil")]
    return [*own, NAME, "harjinder.planted", person.mobile.removeprefix("+91")]


def spellings(text: str) -> Iterator[bytes]:
    """Write a text in the ways in which it could lie open."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        raw = text.encode(encoding)
        yield from (raw, raw.hex().encode(), raw.hex().upper().encode())
        # Base64 of a text inside another depends on where it begins; its ends depend on the neighbours.
        for shift in range(3):
            yield base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4]


def found_in(dump: bytes, texts: list[str]) -> list[str]:
    return [text for text in texts if any(spelling in dump for spelling in spellings(text))]


def dump_of(app: Flask) -> bytes:
    """Read every column of every table, as somebody with the database's password would."""
    with app.app_context():
        rows = [value for table in Base.metadata.sorted_tables for row in db.session.execute(select(table)) for value in row]
    return b"\n".join(as_bytes(value) for value in rows)


def as_bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def planted_by_hand(app: Flask, client: StrictClient) -> Somebody:
    """Fill a profile through its pages, so that everything a request leaves behind is looked at too."""
    person = signed_in(client, app=app, full_name=NAME, email=EMAIL)
    for section in ("identity", "family", "address", "money", "papers_numbers"):
        answer = client.submit(f"/profile/{section}", f"profile-{section}", **PROFILE)
        assert answer.status_code == 303
    return person


@pytest.mark.promise("P50", "P72")
def test_no_table_holds_anything_readable(app: Flask, client: StrictClient) -> None:
    person = planted_by_hand(app, client)

    dump = dump_of(app)

    assert len(dump) > 100_000
    assert found_in(dump, planted(person)) == []


@pytest.mark.promise("P50", "P72")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_no_file_holds_anything_readable(installation: Installation, client: StrictClient) -> None:
    person = planted_by_hand(installation.app, client)

    files = [path for path in installation.folder.rglob("*") if path.is_file()]

    assert any(path.name == "msewa.db" for path in files)
    assert {path.name: found for path in files if (found := found_in(raw_bytes(path), planted(person)))} == {}


@pytest.mark.promise("P70")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_no_line_of_the_log_holds_anything_typed(app: Flask, client: StrictClient, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("msewa").addHandler(caplog.handler)
    try:
        person = planted_by_hand(app, client)
        client.submit("/profile?edit=mother_name", "profile-mother_name", mother_name=NAME * 20)
    finally:
        logging.getLogger("msewa").removeHandler(caplog.handler)

    assert '"route": "/profile' in caplog.text
    assert found_in(caplog.text.encode(), planted(person)) == []


def test_the_search_itself_finds_what_lies_open() -> None:
    text = "Gurbachan Singh Planted"
    open_dumps = [text.encode("utf-16-le"), b"ab" + base64.b64encode(b"x" + text.encode() + b"yz"), text.encode().hex().encode()]

    assert [found_in(b"..." + dump + b"...", [text]) for dump in open_dumps] == [[text]] * 3
