"""P14: no visit leads to a person. The proof runs whole on both databases, and fails for every fault that is planted (P13, P41, P42)."""

import os
import time
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask

from msewa.promises.unlinkable.people import Walker, spellings
from msewa.promises.unlinkable.planting import FAULTS
from msewa.promises.unlinkable.proving import NotEmptyError, prove, walked

WITHIN_SECONDS = 60
# What each planted fault must be called by.
NAMED = {
    "browser": "The model of device of Harjinder Kaur lies in visit_browsers.value",
    "hashed-address": "The address of Ramesh Kumar Verma lies in visit_systems.value",
    "account-column": "visit_languages.account_id",
    "exact-time": "visit_pace.counted_at",
    "joint-table": "visit_everything.browser",
    "single-visit": "a row of 1, below 10",
    "path-id": "application.reference lies in visit_pages.value",
    "readable-address": "lies in security_event.sealed",
    "exact-security-time": "security_event has an exact time",
    "log-line": "The address of Harjinder Kaur lies in the log",
    "file": "lies in the file access.log",
    "browser-cut-short": "The mark of Ramesh Kumar Verma lies in the log",
    "log-of-looks": "The log tells when /services was looked at",
    "cookie": "lies in the file sessions.txt",
    "table-of-views": "The inventory does not name page_view.at",
    "last-page": "The inventory does not name sign_in_session.last_page",
    "session-in-visits": "sign_in_session.id lies in visit_systems.value",
    "which-page": "visit_pages has a value outside of its list: /services/birth-certificate",
    "odd-number": "an odd number that could be found again",
}


@pytest.fixture
def empty_database(backend: str) -> Iterator[str | None]:
    """An empty PostgreSQL database of its own, or None for the embedded one."""
    if backend == "sqlite":
        yield None
        return
    server, name = os.environ["MSEWA_TEST_POSTGRES"], f"unlinkable_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    yield server.replace("/postgres?", f"/{name}?", 1)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'drop database "{name}" with (force)')


@pytest.mark.promise("P14", "P13", "P39", "P41", "P42")
def test_no_visit_leads_to_a_person_and_every_planted_fault_is_found(app: Flask, empty_database: str | None) -> None:
    begun = time.process_time()

    with walked(app.extensions["install"], database_url=empty_database) as scratch:
        proof = scratch.judge()
        spent = time.process_time() - begun
        # All in one search, which takes the most of it: each has a place of its own to be found in.
        found = scratch.judge(plants=FAULTS).faults

    assert proof.faults == []
    assert spent < WITHIN_SECONDS
    assert FAULTS.keys() == NAMED.keys()
    assert {name: named for name, named in NAMED.items() if not any(named in fault for fault in found)} == {}


@pytest.mark.promise("P14")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_command_says_what_it_did_and_fails_where_a_fault_is_planted(app: Flask) -> None:
    run = app.test_cli_runner().invoke

    good = run(args=["prove-unlinkable"])
    broken = run(args=["prove-unlinkable", "--plant", "account-column"])

    assert good.exit_code == 0, good.output
    assert "No visit leads to a person." in good.output
    assert broken.exit_code == 1
    assert "visit_languages can be joined to account" in broken.output


@pytest.mark.parametrize("backend", ["postgres"])
def test_a_database_in_use_is_not_spoiled(app: Flask) -> None:
    url = app.extensions["settings"].database_url

    with pytest.raises(NotEmptyError):
        prove(app.extensions["install"], database_url=url)
    answer = app.test_cli_runner().invoke(args=["prove-unlinkable", "--database", url])
    assert answer.exit_code == 1
    assert "must be empty" in answer.output


def test_no_two_walkers_share_a_trace() -> None:
    one, other = (Walker("A", {}), Walker("B", {}))

    first, second = (set().union(*(spellings(text) for text in walker.traces().values())) for walker in (one, other))

    assert not first & second
    assert all(len(form) >= 6 for form in first | second)
