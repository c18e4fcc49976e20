"""The database goes away and comes back: a clear page meanwhile, and nobody has to start anything again (F09, F11)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url

from msewa.catalogue import queries
from msewa.config import Settings
from msewa.extensions import db
from tests.applications.conftest import Applicant
from tests.faults.serving import served
from tests.faults.test_crashes import cookie_of
from tests.people import sign_in, somebody
from tests.strict_client import StrictClient

SERVICES = ("birth-certificate", "income-certificate", "death-certificate", "residence-certificate", "rural-area-certificate")


@contextmanager
def away(app: Flask) -> Iterator[None]:
    """Let the server take no connection to this test's database, and cut those that there are."""
    settings: Settings = app.extensions["settings"]
    name = make_url(settings.database_url or "").database
    with psycopg.connect(os.environ["MSEWA_TEST_POSTGRES"], autocommit=True) as admin:
        admin.execute(f'alter database "{name}" allow_connections false')
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        try:
            yield
        finally:
            admin.execute(f'alter database "{name}" allow_connections true')


@pytest.mark.parametrize("backend", ["postgres"])
def test_while_the_database_is_away_pages_say_so_and_afterwards_all_is_well(app: Flask, client: StrictClient) -> None:
    sign_in(client, somebody(app))
    probe = app.test_client()
    fields = client.page("/profile/family").fields("profile-family")

    with away(app):
        page, ready, live = client.get("/profile"), probe.get("/health/ready"), probe.get("/health/live")
        posted = client.post("/profile/family", data=fields | {"father_name": "Typed Meanwhile"})
        part = client.get("/profile", headers={"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#part_identity"})
    healed = client.post("/profile/family", data=fields | {"father_name": "Typed Meanwhile"})

    for answer in (page, posted, part):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'data-testid="request-id"' in answer.get_data(as_text=True)
        assert "psycopg" not in answer.get_data(as_text=True)
    assert (ready.status_code, ready.get_json()) == (503, ["database"])
    assert live.status_code == 200
    assert healed.status_code == 303, "the same form, with the same key, goes through"
    assert probe.get("/health/ready").status_code == 200
    assert "Typed Meanwhile" in client.get("/profile").get_data(as_text=True)


@pytest.mark.parametrize("backend", ["postgres"])
def test_what_needs_no_database_is_served_meanwhile(app: Flask, client: StrictClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/services")
    # Also when it is time to look whether the catalogue is still the newest.
    monkeypatch.setattr(queries, "LOOK_AGAIN_AFTER", 0.0)
    app.extensions["catalogue"] = (app.extensions["catalogue"][0], 0.0)

    with away(app):
        answers = {
            path: client.get(path).status_code for path in ("/", "/services?q=birth", "/services/birth-certificate", "/accessibility")
        }

    assert set(answers.values()) == {200}


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_full_disk_is_a_clear_refusal_while_reading_goes_on_and_nothing_is_half_written(harjinder: Applicant) -> None:
    app = harjinder.app
    forms = {}
    for service in SERVICES:
        fields = harjinder.page(f"/services/{service}").fields("apply")
        forms[f"/services/{service}/apply"] = urlencode(fields).encode()
    cookie = cookie_of(harjinder)
    with app.app_context():
        db.session.execute(text("pragma wal_checkpoint(truncate)"))
        db.session.rollback()
        db.engine.dispose()

    # No file may grow beyond 64 KB: what a full disk does, for this process alone.
    with served(app, wrapper=("sh", "-c", 'ulimit -f 128; exec "$@"', "sh")) as starved:
        answers = {path: starved.ask(path, body=body, cookie=cookie) for path, body in forms.items()}
        reading = [
            starved.ask(path, cookie=cookie)[0] for path in ("/services", "/services/birth-certificate", "/applications", "/profile")
        ]
    with served(app) as again:
        taken = {path: again.ask(path, body=body, cookie=cookie) for path, body in forms.items()}

    assert {status for status, _ in answers.values()} <= {303, 503}
    assert 503 in {status for status, _ in answers.values()}
    assert reading == [200, 200, 200, 200]
    assert {status for status, _ in taken.values()} == {303}
    assert all(taken[path] == answer for path, answer in answers.items() if answer[0] == 303), "what was acknowledged is there"
    with app.app_context():
        assert db.session.scalar(text("pragma integrity_check")) == "ok"
