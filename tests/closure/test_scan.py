"""After she has left forty planted values are nowhere, in no spelling: not in database, files or log, nor on any page of anybody."""

import base64
import itertools
import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.applications.models import Application
from msewa.catalogue.queries import catalogue
from msewa.extensions import Base, db
from tests.applications.conftest import Applicant
from tests.closure.conftest import Leaver, work
from tests.installation import Installation, raw_bytes
from tests.people import DISTRICT_OFFICE, signed_in
from tests.security.attacks import filled, routes
from tests.security.test_access import OPEN
from tests.strict_client import StrictClient

NAME, MAIL = "Paramjeet Planted Kaur", "paramjeet.planted@example.org"
PROFILE = {
    "father_name": "Gurbachan Plantedfather",
    "mother_name": "Surjit Plantedmother",
    "spouse_name": "Kuldeep Plantedspouse",
    "date_of_birth": "1987-03-29",
    "address": "House 9917-Q, Plantedpura",
    "pincode": "148197",
    "income_annual": "184253197",
    "bank_account": "918273645599 SBIN0009197",
    "aadhaar_last4": "8497",
    "ration_card_number": "RC-PLANTED-99197",
}
SERVICES = ("birth-certificate", "death-certificate", "income-certificate", "residence-certificate", "character-certificate")
LEAST = 6  # shorter ones stand in random tokens by chance
FREE = ("name", "text", "long_text", "address")


@pytest.fixture
def planted(app: Flask, offices: Flask, client: StrictClient) -> tuple[Leaver, list[str]]:
    """Somebody whose every answer is a word of its own, and those words."""
    person = signed_in(client, app=app, profile=PROFILE, email=MAIL, full_name=NAME)
    applicant, words, references = Applicant(client, app, person), list(PROFILE.values()), []
    for number, service in enumerate(SERVICES):
        own = answers_for(applicant, service, number=number)
        base = applicant.begin(service)
        applicant.fill(base, service, **own)
        words += own.values()
        references.append(base.rpartition("/")[2])
        if number < 3:
            applicant.send(base, declare="1")
        if number == 0:
            work(app)
    with app.app_context():
        ids = list(db.session.scalars(select(Application.id)))
    words += [NAME, MAIL, person.mobile, person.mobile[3:], person.id, *ids, *references, f"card-{NAME}.jpg"]
    return Leaver(applicant, client, app, person, references), sorted({word for word in words if len(word) >= LEAST})


def answers_for(applicant: Applicant, service: str, *, number: int) -> dict[str, str]:
    """Return an answer of its own for every question that takes free words."""
    definition = applicant.definition(service)
    with applicant.app.app_context():
        kinds = {need.key: catalogue().fields[need.key].kind for need in definition.fields}
    return {key: f"Plantedword {chr(65 + number)}{chr(65 + index)}q" for index, (key, kind) in enumerate(kinds.items()) if kind in FREE}


def spellings(word: str) -> Iterator[bytes]:
    plain = word.encode()
    yield from (plain, plain.hex().encode(), plain.hex().upper().encode(), word.encode("utf-16-le"), word.encode("utf-16-be"))
    for lead in range(3):
        # The middle of a longer base64 text, whatever stands before the word.
        text = base64.b64encode(b"\0" * lead + plain)
        yield text[(4 if lead else 0) : -4]


def found(words: list[str], content: bytes) -> list[str]:
    return [word for word in words if any(len(one) >= LEAST and one in content for one in spellings(word))]


def every_row(app: Flask) -> bytes:
    """Return every value of every table as the application's own connection reads it; the sandbox stands for offices, outside."""
    ours = [table for table in Base.metadata.sorted_tables if not table.name.startswith("sandbox_")]
    with app.app_context():
        tables = [db.session.execute(select(*table.columns)).all() for table in ours]
    values = itertools.chain.from_iterable(itertools.chain.from_iterable(tables))
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


@pytest.mark.promise("P50", "P53", "P54", "P55", "P72")
def test_forty_planted_values_are_nowhere_after_she_left(
    planted: tuple[Leaver, list[str]], app: Flask, installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    leaver, words = planted
    assert len(words) >= 40
    caplog.set_level(logging.DEBUG)
    assert found([leaver.person.id], every_row(app)) == [leaver.person.id], "the search finds what is there"

    leaver.leave(open="withdraw")
    work(app)

    assert found(words, every_row(app)) == []
    files = {path: raw_bytes(path) for path in installation.folder.rglob("*") if path.is_file()}
    assert {str(path): hits for path, content in files.items() if (hits := found(words, content))} == {}
    assert found(words, caplog.text.encode()) == []


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("role", [None, "citizen", "operator", "officer", "dpo"])
@pytest.mark.promise("P53", "P60")
def test_no_page_of_anybody_shows_one_of_them(
    planted: tuple[Leaver, list[str]], app: Flask, another_client: StrictClient, role: str
) -> None:
    leaver, words = planted
    receipt = leaver.leave(open="withdraw")
    work(app)
    if role:
        signed_in(another_client, app=app, role=role, office=DISTRICT_OFFICE if role == "officer" else None)
    shown = {}

    hers = {**OPEN, "ref": leaver.references[0], "account_id": leaver.person.id}
    paths = [filled(rule.rule, hers) for rule in routes(app) if "GET" in rule.methods]
    asked = [f"{path}?q={query}" for path in ("/services", "/dpo/people", "/dpo") for query in (NAME.split()[0], leaver.person.id)]
    for path in [*paths, *asked, receipt]:
        text = another_client.get(path).get_data()
        hits = [word for word in found(words, text) if word not in path]
        if hits:
            shown[path] = hits

    assert shown == {}
