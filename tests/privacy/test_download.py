"""Taking everything along: whole, only for her, sealed while it lies here, and gone within a day."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from msewa.applications.models import Application
from msewa.consents import receipts
from msewa.extensions import db, writing
from msewa.holdings import holdings
from msewa.ledger.operations import checkpoint
from msewa.ledger.queries import list_entries
from msewa.outbox.worker import run_due, run_next
from msewa.privacy.models import Download, DownloadPart
from msewa.privacy.operations import downloading
from msewa.privacy.rules import SMALL_ENTRIES
from tests.applications.conftest import Applicant
from tests.conftest import ClockHandle
from tests.people import sign_in, signed_in
from tests.privacy.conftest import allowed_by, by_htmx, looked_at
from tests.strict_client import StrictClient

FIVE = {"profile", "applications", "activity", "communications", "access"}


def asked(client: StrictClient) -> None:
    assert client.submit("/privacy/download", "download").headers["Location"] == "/privacy/download"


def fetched(client: StrictClient) -> zipfile.ZipFile:
    answer = client.get(client.page("/privacy/download").one("download-file").get("href"))
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(answer.get_data()))


def data_in(archive: zipfile.ZipFile) -> dict[str, Any]:
    return json.loads(archive.read("data.json"))


def parts(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(DownloadPart)) or 0


@pytest.fixture
def filled(harjinder: Applicant) -> Applicant:
    """Somebody with an application, a look, a choice and a complaint."""
    harjinder.sent()
    harjinder.work()
    looked_at(harjinder.person)
    allowed_by(harjinder.person, "newsletter")
    assert harjinder.client.submit("/grievances/new", "grievance", text="My words").status_code == 303
    with harjinder.app.app_context(), writing():
        checkpoint(harjinder.app.extensions["clock"].now())
        db.session.commit()
    return harjinder


@pytest.mark.promise("P2")
def test_it_holds_personal_and_usage_data_by_section(filled: Applicant) -> None:
    asked(filled.client)

    data = data_in(fetched(filled.client))

    assert data.keys() >= FIVE
    assert all(data[section] for section in FIVE)
    with filled.app.app_context():
        assert {holding.section for holding in holdings()} <= data.keys()
    assert data["profile"]["father_name"]["value"] == "Gurbachan Singh Planted"
    assert data["choices"]["choices"][0]["purpose"] == "newsletter"


@pytest.mark.promise("P22")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_is_derived_from_her_is_listed_and_there_is_none(app: Flask, client: StrictClient) -> None:
    signed_in(client, app=app)
    asked(client)

    data = data_in(fetched(client))

    assert data["derived_attributes"] == data["about_others"] == []


@pytest.mark.promise("P2")
def test_it_holds_her_papers_receipts_and_proofs_as_files(filled: Applicant) -> None:
    asked(filled.client)

    archive = fetched(filled.client)

    names = set(archive.namelist())
    assert {"data.json", "index.html", "face.css", "proofs/check.py"} <= names
    papers = [name for name in names if name.startswith("applications/")]
    application = data_in(archive)["applications"][0]
    assert len(papers) == len(application["papers"]) > 0
    look = next(entry for entry in data_in(archive)["access"] if entry["act"] == "looked")
    assert json.loads(archive.read(f"proofs/{look['number']}.json"))["number"] == look["number"]
    given = [name for name in names if name.startswith("receipts/")]
    assert len(given) == 2, "one of a choice, one of a disclosure"
    with filled.app.app_context():
        verdicts = {receipts.verify(archive.read(name).decode()).verdict for name in given}
    assert verdicts == {receipts.Verdict.VALID}


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize(("language", "said"), [("en", "Your profile"), ("pa", "ਤੁਹਾਡੀ ਪ੍ਰੋਫ਼ਾਈਲ"), ("hi", "आपकी प्रोफ़ाइल")])
def test_its_page_is_for_people_in_her_language_and_names_nothing_outside(filled: Applicant, language: str, said: str) -> None:
    filled.client.get(f"/?lang={language}")
    asked(filled.client)

    archive = fetched(filled.client)

    page = archive.read("index.html").decode()
    assert f'<html lang="{language}">' in page
    assert said in page
    assert "Gurbachan Singh Planted" in page
    assert "My words" in page
    assert "http" not in page
    links = [part.partition('"')[0] for part in page.split('href="')[1:]]
    assert set(links) <= set(archive.namelist())


@pytest.mark.promise("P31")
@pytest.mark.promise("P75")
def test_it_asks_for_fresh_proof_and_then_only_hers(filled: Applicant, another_client: StrictClient, clock: ClockHandle) -> None:
    asked(filled.client)
    other = signed_in(another_client, app=filled.app, full_name="Other Kaur")

    theirs = another_client.get("/privacy/download/file")
    clock.advance(minutes=11)
    late = [filled.client.get(path) for path in ("/privacy/download", "/privacy/download/file")]

    assert theirs.status_code == 404
    assert other.id != filled.person.id
    assert [answer.headers["Location"].partition("?")[0] for answer in late] == ["/account/prove"] * 2


@pytest.mark.promise("P31")
def test_asking_and_fetching_stand_in_her_ledger(filled: Applicant) -> None:
    asked(filled.client)
    fetched(filled.client)
    fetched(filled.client)

    with filled.app.app_context():
        acts = [entry["act"] for entry in list_entries(filled.person.subject(), limit=10)]
    assert (acts.count("download.asked"), acts.count("download.fetched")) == (1, 1)


@pytest.mark.promise("P72")
def test_it_lies_sealed(filled: Applicant) -> None:
    asked(filled.client)

    with filled.app.app_context():
        kept = b"".join(db.session.scalars(select(DownloadPart.sealed)))
    assert len(kept) > 1000
    assert b"data.json" not in kept
    assert b"Planted" not in kept


def test_it_is_removed_soon_after_it_was_fetched(filled: Applicant, clock: ClockHandle) -> None:
    asked(filled.client)
    fetched(filled.client)
    filled.work()
    there = parts(filled.app)

    clock.advance(minutes=31)
    filled.work()

    assert there > 0
    assert parts(filled.app) == 0
    sign_in(filled.client, filled.person)
    assert filled.client.get("/privacy/download/file").status_code == 404


def test_what_nobody_fetches_is_removed_within_a_day(filled: Applicant, clock: ClockHandle) -> None:
    asked(filled.client)

    clock.advance(hours=24)
    before = filled.client.get("/privacy/download/file").status_code
    filled.work()

    assert before == 303
    assert parts(filled.app) == 0
    with filled.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Download)) == 0


def long_history(applicant: Applicant) -> None:
    looked_at(applicant.person, SMALL_ENTRIES + 1)


def test_a_large_one_is_made_by_the_worker_and_the_page_waits_for_it(filled: Applicant) -> None:
    long_history(filled)

    asked(filled.client)

    waiting = filled.client.page("/privacy/download")
    assert waiting.words("download-progress").startswith("It is being made.")
    assert waiting.all("download-file") == []
    assert filled.client.get("/privacy/download/file").status_code == 404
    filled.work()
    part = filled.client.get("/privacy/download", headers=by_htmx("section#progress")).get_data(as_text=True)
    assert "download-file" in part
    assert "every 2s" not in part
    assert len(data_in(fetched(filled.client))["access"]) > SMALL_ENTRIES


def test_how_far_it_is_is_seen_while_it_is_made(filled: Applicant) -> None:
    long_history(filled)
    asked(filled.client)

    with filled.app.app_context():
        download_id = db.session.scalars(select(Download.id)).one()
        downloading.make_download(download_id, now=filled.app.extensions["clock"].now())

    said = filled.client.page("/privacy/download").words("download-progress")
    assert "of" in said
    assert "pieces" in said


def test_a_try_that_broke_off_is_made_again_from_its_beginning(filled: Applicant) -> None:
    long_history(filled)
    asked(filled.client)
    with filled.app.app_context():
        download_id = db.session.scalars(select(Download.id)).one()
        downloading.make_download(download_id, now=filled.app.extensions["clock"].now())  # and the worker dies before it says so

    filled.work()

    assert fetched(filled.client).testzip() is None


def test_asking_anew_takes_the_place_of_the_earlier_one(filled: Applicant) -> None:
    asked(filled.client)
    first = data_in(fetched(filled.client))["access"][0]["number"]

    answer = filled.client.submit("/privacy/download", "download")

    assert answer.status_code == 303
    assert data_in(fetched(filled.client))["access"][0]["number"] > first
    with filled.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Download)) == 1


@pytest.mark.promise("P53")
def test_it_ends_with_the_account_even_while_it_is_made(filled: Applicant) -> None:
    long_history(filled)
    asked(filled.client)
    with filled.app.app_context(), writing():
        for holding in reversed(holdings()):
            holding.erase(filled.person.id)
        db.session.commit()

    with filled.app.app_context():
        run_due(now=filled.app.extensions["clock"].now())

    assert parts(filled.app) == 0


def test_many_applications_are_large(filled: Applicant) -> None:
    filled.drafts(21, service="old-age-pension")

    with filled.app.app_context():
        assert downloading.is_large(filled.person.id)
        db.session.execute(delete(Application).where(Application.service_id == "old-age-pension"))
        assert not downloading.is_large(filled.person.id)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_same_form_sent_twice_is_one_download(filled: Applicant) -> None:
    fields = filled.client.page("/privacy/download").fields("download")

    answers = {filled.client.post("/privacy/download", data=fields).headers["Location"] for _ in range(2)}

    assert answers == {"/privacy/download"}
    with filled.app.app_context():
        acts = [entry["act"] for entry in list_entries(filled.person.subject(), limit=10)]
    assert acts.count("download.asked") == 1
    assert not run_next_of(filled.app)


def run_next_of(app: Flask) -> bool:
    """Return whether a download waits for the worker."""
    with app.app_context():
        return run_next(now=app.extensions["clock"].now() + timedelta(seconds=1), topic=downloading.MAKE)
