"""The download beside the database, table by table: all that the inventory calls hers is in it, and nothing of anybody else (P2, P31)."""

import re
import secrets
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select

from msewa.accounts.models import Passkey, RecoveryCode
from msewa.accounts.operations import resets, visits
from msewa.accounts.operations.left import keep_left
from msewa.accounts.queries import place_of_passkey
from msewa.applications.answers import Answer
from msewa.applications.operations.holding_back import hold
from msewa.applications.queries import get_case
from msewa.applications.references import read_reference, show_reference
from msewa.applications.unsaved import Tab
from msewa.closure.holding import place_of
from msewa.closure.models import Termination
from msewa.consents.models import PolicySeen
from msewa.crypto.envelope import seal_json
from msewa.extensions import Base, db, writing
from msewa.grievances.queries import list_own
from msewa.grievances.rules import Topic
from msewa.inventory.reading import Column, inventory
from msewa.notifications.suppressing import suppress
from msewa.tracker import operations as tracker
from msewa.tracker.queries import find_client
from tests.applications.conftest import Applicant
from tests.conftest import ClockHandle
from tests.dpo.conftest import Seat, anita, jaspreet
from tests.dpo.test_breaches import told
from tests.dpo.test_demands import carried_out
from tests.grievances.conftest import answered
from tests.people import signed_in
from tests.privacy.conftest import allowed_by, looked_at
from tests.privacy.test_download import asked, data_in, fetched
from tests.strict_client import StrictClient

__all__ = ["anita", "jaspreet"]
REPLIED = "An answer to a planted complaint"
# What the inventory calls hers and the file does not repeat, and why.
LEFT_OUT = {
    # With these somebody who finds the file could come in.
    *("account.password", "totp_factor.secret", "recovery_code.hashed", "sent_code.code_mac", "sent_code.expires_at"),
    # Marks made of what is in it by keys of ours, or by lot: they tell her nothing.
    *("account.mobile_index", "account.email_index", "tracker_code.code_hash", "known_device.token_hash", "passkey.sealed"),
    # Closed to the office, and the same as what is in it; what is on its way for a moment.
    *("package.jwe", "message.sealed", "sign_in_session.sealed"),
    # The file itself, which can not tell of its own end.
    *("download_part.sealed", "download.ready_at", "download.fetched_at"),
    # Of which an entry of the ledger, or each fact of the profile, has its own.
    *("ledger_reading.read_on", "profile_section.updated_at"),
}
# Words that lie sealed in a column, or a key under which its values stand.
SEALED = {
    "account.identity": "Paramjeet Planted Kaur",
    "account.contact": "planted@example.org",
    "profile_section.sealed": "Gurbachan Singh Planted",
    "application_page.sealed": "House 112-P, Bhathlan",
    "application_unsaved.sealed": "Held back planted",
    "application_paper.meta": "sha256",
    "application_paper.content": "applications/",
    "application_review.sealed": "field father_name",
    "choice_event.sealed": "receipt",
    "receipt.sealed": "record",
    "ledger_entry.sealed": "Checking the papers of an application",
    "tracker_code.sealed": "IN/GOV/PORTAL/citizens",
    "termination.sealed": "A planted reason",
    "nominee.sealed": "Navdeep Kaur planted",
    "grievance.sealed": "A planted complaint",
    "grievance_event.sealed": REPLIED,
    "left_address.sealed": "left.planted@example.org",
    "legal_disclosure.document": "handed_over",
}
# Whose a row is, where no column of it says so: the column that leads to a row that does.
LEADS = {"application_id": "application", "grievance_id": "grievance", "session_id": "sign_in_session", "download_id": "download"}
HERS = [table for table in inventory().tables.values() if table.whose == "herself"]


def used_everything(her: Applicant, *, word: str) -> None:
    """Have somebody use whatever the product has; what she writes has her `word` in it."""
    ref = her.sent().rpartition("/")[2]
    her.work()
    client = her.client
    pages = {
        "/privacy/nominate": ("nominee", {"full_name": f"Navdeep Kaur {word}", "relation": "Daughter", "mobile": "7012345678"}),
        "/grievances/new": ("grievance", {"text": f"A {word} complaint"}),
        f"/grievances/corrections/{ref}": ("correction", {"field": "father_name", "new": f"Corrected {word}", "text": "A reason"}),
    }
    for path, (form, typed) in pages.items():
        assert client.submit(path, form, **typed).status_code == 303
    allowed_by(her.person, "newsletter", "digest")
    looked_at(her.person)
    draft = her.begin("income-certificate").rpartition("/")[2]
    with her.app.app_context(), writing():
        now = her.app.extensions["clock"].now()
        page = {"address": Answer(f"Held back {word}")}
        hold(get_case(draft, account_id=her.person.id), step=1, page=page, tab=Tab("", ""), now=now)
        _rare(her, word=word)
        db.session.commit()
    her.work()


def _rare(her: Applicant, *, word: str) -> None:
    """Write what takes days, an office or bad luck to come about."""
    now, subject, account_id = her.app.extensions["clock"].now(), her.person.subject(), her.person.id
    why = seal_json(subject.key, f"A {word} reason", place=place_of(account_id))
    db.session.add(Termination(account_id=account_id, sealed=why, decided_at=now, closes_at=now, export_used_at=now))
    db.session.add(PolicySeen(account_id=account_id, version="1.0", language="pa", digest="0" * 64, at=now))
    passkey_id = secrets.token_hex(16)
    half = seal_json(subject.key, {"credential_id": "00", "public_key": "00"}, place=place_of_passkey(passkey_id, account_id=account_id))
    db.session.add(Passkey(id=passkey_id, account_id=account_id, sealed=half, sign_count=0, added_at=now, used_at=now))
    db.session.add(RecoveryCode(id=secrets.token_hex(16), account_id=account_id, hashed=b"x", used_at=now))
    visits.know_device(account_id, device=None, now=now)
    resets.begin_reset(subject, now=now)
    keep_left(subject, field="email", value="left.planted@example.org", to="other@example.org", now=now)
    suppress(account_id, channel="sms", topic="newsletter", reason="opted_out", now=now)
    address = "IN/GOV/PORTAL/citizens"
    if find_client(address) is None:
        tracker.register(address, name="A portal", now=now)
    client = find_client(address)
    assert client is not None
    tracker.give(client, subject=subject, language="en", actor=her.person.actor, now=now)


def hers(table: str, account_id: str) -> Select[Any]:
    """Return the question for the rows of a table that are about an account."""
    columns = Base.metadata.tables[table].c
    for name in ("account_id", "subject_id"):
        if name in columns:
            return select(columns[name].table).where(columns[name] == account_id)
    if table == "account":
        return select(columns.id.table).where(columns.id == account_id)
    name, parent = next((name, parent) for name, parent in LEADS.items() if name in columns)
    ids = hers(parent, account_id).with_only_columns(Base.metadata.tables[parent].c.id)
    return select(columns[name].table).where(columns[name].in_(ids))


def leaves(value: Any) -> Iterator[str]:
    """Return everything that stands in a JSON value, keys too, as text."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from (key, *leaves(one))
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield str(value)


def written(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str) and read_reference(value) == value:
        return show_reference(value)
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def missing(column: Column, rows: list[Any], *, found: set[str]) -> list[str]:
    """Return what of a column is not in the file."""
    name = f"{column.table}.{column.name}"
    if name in SEALED:
        return [] if any(SEALED[name] in one for one in found) else [name]
    values = {getattr(row, column.name) for row in rows} - {None}
    return [f"{name}: {written(value)}" for value in values if written(value) not in found]


@pytest.fixture
def her(app: Flask, offices: Flask, client: StrictClient, anita: Seat, jaspreet: Seat, clock: ClockHandle) -> Applicant:
    """Somebody who used everything, whom a law and a breach concerned."""
    profile = {"father_name": "Gurbachan Singh Planted", "address": "House 112-P, Bhathlan", "district": "barnala", "tehsil": "tehsil-tapa"}
    person = signed_in(client, app=app, profile=profile, full_name="Paramjeet Planted Kaur", email="planted@example.org")
    applicant = Applicant(client, app, person)
    used_everything(applicant, word="planted")
    seat = Seat(client, app, person)
    carried_out(anita, jaspreet, seat)
    told(anita, clock, actor="f" * 32)
    with app.app_context():
        complaint = next(one for one in list_own(person.id) if one.topic == Topic.GENERAL)
    answered(complaint, by=anita.person, text=REPLIED)
    return applicant


@pytest.mark.promise("P2")
def test_it_holds_whatever_the_inventory_calls_hers(her: Applicant) -> None:
    asked(her.client)
    with her.app.app_context():
        rows = {table.name: db.session.execute(hers(table.name, her.person.id)).all() for table in HERS}

    archive = fetched(her.client)

    found = {*leaves(data_in(archive)), *archive.namelist()}
    kept = [column for table in HERS for column in table.personal if f"{column.table}.{column.name}" not in LEFT_OUT]
    assert {column.table for column in kept if not rows[column.table]} == set(), "a table in which this test has put nothing"
    left = sorted(one for column in kept for one in missing(column, rows[column.table], found=found))
    assert not left, "\n".join(left)


@pytest.mark.promise("P31")
def test_it_holds_nothing_of_anybody_else(her: Applicant, another_client: StrictClient) -> None:
    person = signed_in(
        another_client, app=her.app, full_name="Fremdina Kaur", profile={"father_name": "Fremd Singh", "address": "Fremdpura"}
    )
    other = Applicant(another_client, her.app, person)
    used_everything(other, word="fremd")
    with her.app.app_context():
        refs = [row.reference for row in db.session.execute(hers("application", person.id))]
    asked(her.client)

    archive = fetched(her.client)

    content = b"\n".join([*map(str.encode, archive.namelist()), *map(archive.read, archive.namelist())]).decode(errors="replace")
    theirs = [person.id, person.mobile, person.mobile[3:], *refs, *(f"{ref[:4]}-{ref[4:]}" for ref in refs)]
    assert len(refs) == 2
    assert [word for word in theirs if word in content] == []
    assert re.search("fremd", content, re.IGNORECASE) is None
