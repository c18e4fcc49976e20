"""On PostgreSQL the role that serves can add to the ledger and erase a subject, and nothing else (P69)."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from msewa import create_app
from msewa.extensions import db, writing
from msewa.ledger.operations import checkpoint, erase_entries
from msewa.ledger.verifying import verify
from tests.installation import Installation
from tests.ledger.breaking import TABLES
from tests.ledger.conftest import NOW
from tests.people import Somebody, somebody

pytestmark = pytest.mark.parametrize("backend", ["postgres"])


@pytest.fixture
def role(installation: Installation) -> Iterator[str]:
    """A role that serves: it owns nothing."""
    name = f"serves 5% {secrets.token_hex(4)}"
    assert installation.database
    with psycopg.connect(installation.database, autocommit=True) as owner:
        owner.execute(f"create role \"{name}\" login password 'made up'")
    yield name
    with psycopg.connect(installation.database, autocommit=True) as owner:
        owner.execute(f'drop owned by "{name}"')
        owner.execute(f'drop role "{name}"')


@pytest.fixture
def person(app: Flask) -> Somebody:
    """Somebody with rows under a checkpoint."""
    made = somebody(app)
    with app.app_context(), writing():
        checkpoint(NOW)
        db.session.commit()
    return made


@pytest.fixture
def serving(installation: Installation, app: Flask, person: Somebody, role: str) -> Iterator[psycopg.Connection]:
    """A connection under the role, after the deployer's command; every statement is rolled back."""
    result = app.test_cli_runner().invoke(args=["ledger", "grants", role])
    assert result.exit_code == 0, result.output
    with psycopg.connect(installation.database or "") as connection:
        connection.execute(f'set role "{role}"')
        yield connection
        connection.rollback()


REFUSED = (
    *(f"delete from {table}" for table in TABLES),
    *(f"truncate {table} cascade" for table in TABLES),
    "update ledger_leaf set leaf_hash = ''",
    "update ledger_place set position = position + 1",
    "update ledger_node set node_hash = ''",
    "update ledger_checkpoint set note = ''",
    "update ledger_entry set sealed = ''",
    "update ledger_entry set by_other = false",
    "select setval('ledger_leaf_number_seq', 1)",
    "insert into ledger_erased select number, '' from ledger_leaf",
    "update ledger_erased set mark = ''",
    "drop table ledger_node",
    "alter table ledger_leaf disable trigger all",
    "create or replace function ledger_refuse() returns trigger language plpgsql as 'begin return old; end'",
)


@pytest.mark.promise("P69")
@pytest.mark.parametrize("statement", REFUSED)
def test_the_serving_role_may_not(statement: str, serving: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        serving.execute(statement)


@pytest.mark.promise("P69")
def test_the_serving_role_erases_a_subject_by_the_one_function_and_marks_every_row(serving: psycopg.Connection, person: Somebody) -> None:
    numbers = [row[0] for row in serving.execute("select number from ledger_entry where subject_id = %s", [person.id])]
    marks = [b"x" * 16 for _ in numbers]

    removed = serving.execute("select ledger_erase(%s, %s::bigint[], %s::bytea[])", [person.id, numbers, marks]).fetchone()

    left = serving.execute("select count(*) from ledger_entry where subject_id = %s", [person.id]).fetchone()
    assert removed == (len(numbers),)
    assert numbers
    assert left == (0,)


@pytest.mark.promise("P69")
def test_the_function_erases_nothing_of_hers_when_a_row_has_no_mark(serving: psycopg.Connection, person: Somebody) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="the ledger only grows"):
        serving.execute("select ledger_erase(%s, '{}', '{}')", [person.id])


@pytest.mark.promise("P69")
def test_the_function_notes_no_erasure_of_anybody_else(serving: psycopg.Connection, person: Somebody) -> None:
    numbers = [row[0] for row in serving.execute("select number from ledger_entry where subject_id = %s", [person.id])]
    ask = "select ledger_erase(%s, %s::bigint[], %s::bytea[])"

    assert serving.execute(ask, ["f" * 32, numbers, [b"x"] * len(numbers)]).fetchone() == (0,)
    assert serving.execute("select count(*) from ledger_erased where number = any(%s)", [numbers]).fetchone() == (0,)


def test_the_serving_role_goes_on_adding(serving: psycopg.Connection, person: Somebody) -> None:
    number = serving.execute("insert into ledger_leaf (leaf_hash) values ('x') returning number").fetchone()
    assert number
    columns = "number, subject_id, sealed, at, by_other, mark"
    serving.execute(f"insert into ledger_entry ({columns}) values (%s, %s, 'x', now(), false, 'x')", [number[0], person.id])
    serving.execute("update account set language = 'pa' where id = %s", [person.id])


@pytest.mark.promise("P69")
def test_the_product_registers_signs_verifies_and_erases_under_the_serving_role(installation: Installation, app: Flask, role: str) -> None:
    app.test_cli_runner().invoke(args=["ledger", "grants", role])
    served = create_app(replace(app.extensions["settings"], database_url=as_role(installation.database or "", role)))

    her = somebody(served)
    with served.app_context(), writing():
        assert db.session.scalar(text("select current_user")) == role
        checkpoint(NOW)
        removed = erase_entries(her.id)
        faults = list(verify(now=NOW))
        db.session.commit()
        db.engine.dispose()

    assert removed > 0
    assert faults == []


def as_role(url: str, role: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{quote(role)}:{quote('made up')}@{parts.netloc.rpartition('@')[2]}"))


def test_a_role_that_owns_the_tables_is_refused(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["ledger", "grants", "postgres"])

    assert result.exit_code != 0
    assert "serve under another role" in result.output


@pytest.mark.promise("P69")
@pytest.mark.parametrize("command", ["ledger", "vault"])
def test_who_does_not_own_the_tables_is_told_that_nothing_was_granted(
    installation: Installation, app: Flask, role: str, command: str
) -> None:
    app.test_cli_runner().invoke(args=["ledger", "grants", role])
    served = create_app(replace(app.extensions["settings"], database_url=as_role(installation.database or "", role)))

    result = served.test_cli_runner().invoke(args=[command, "grants", "pg_monitor"])
    with served.app_context():
        db.engine.dispose()

    assert (result.exit_code, result.output) == (
        1,
        f"Error: {role} does not own the tables, so it can give nobody rights to them: run this as their owner.\n",
    )


def test_a_role_that_there_is_not_is_refused_with_the_way_to_make_it(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["ledger", "grants", "no such role"])

    assert result.exit_code != 0
    assert "create role" in result.output
