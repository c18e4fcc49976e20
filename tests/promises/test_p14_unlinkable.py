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
    "browser": "The model of device of",
    "hashed-address": "The address of",
    "account-column": "visit_languages.account_id",
    "exact-time": "visit_pace.counted_at",
    "joint-table": "visit_everything.browser",
    "single-visit": "a row of 1, below 10",
    "path-id": "application.reference lies in visit_pages.value",
    "readable-address": "lies in security_event.sealed",
    "exact-security-time": "security_event has an exact time",
    "log-line": "lies in the log",
    "file": "lies in the file access.log",
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
        found = {name: scratch.judge(plant=name).faults for name in FAULTS}

    assert proof.faults == []
    assert spent < WITHIN_SECONDS
    assert found.keys() == NAMED.keys()
    missed = {name: faults for name, faults in found.items() if not any(NAMED[name] in fault for fault in faults)}
    assert missed == {}


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
