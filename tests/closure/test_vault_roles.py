"""Who may look into the archive: not what serves, not its secrets; the archivist alone, and nothing else (P54)."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url

from msewa import create_app
from msewa.closure import vault
from msewa.closure.bundles import BundleError, Terms, open_bundle
from msewa.closure.models import Archive
from msewa.config import Settings
from msewa.extensions import db
from msewa.ledger.granting import grant
from tests.closure.ceremony import count_sealed, destroy, leave
from tests.closure.conftest import run
from tests.conftest import ClockHandle
from tests.installation import CHEAPEST, Installation
from tests.people import somebody

ONE = pytest.mark.parametrize("backend", ["sqlite"])
POSTGRES = pytest.mark.parametrize("backend", ["postgres"])
SERVES, KEEPS = "msewa_serves", "msewa_keeps"


@pytest.fixture
def roles(app: Flask, installation: Installation) -> Iterator[tuple[Flask, Flask]]:
    """The installation as it serves, and as the archivist sees it; somebody has left."""
    with app.app_context():
        make_roles()
        list(grant(SERVES))
        db.session.commit()
    granted = run(app, "vault", "grants", KEEPS)
    assert granted.exit_code == 0, granted.output
    serving, keeping = as_role(installation, SERVES), as_role(installation, KEEPS)
    leave(serving, somebody(app))
    yield serving, keeping
    for served in (serving, keeping):
        with served.app_context():
            db.engine.dispose()


@POSTGRES
@pytest.mark.promise("P54")
def test_the_role_that_serves_may_add_to_the_archive_and_not_look_into_it(
    app: Flask, roles: tuple[Flask, Flask], installation: Installation, clock: ClockHandle, tmp_path: Path, kept
) -> None:
    serving, month, file = roles[0], month_there(app), tmp_path / "x"

    refused = [run(serving, "vault", "export", "--month", month, "--out", str(file))]
    early = destroy(serving, month)
    clock.advance(days=3 * 366)
    refused.append(destroy(serving, month))

    assert ["may not do that" in one.output for one in refused] == [True, True], [one.output for one in refused]
    assert "must be kept until" in early.output
    assert not file.exists()
    assert count_sealed(app)[0] == 1
    for statement in ("select * from archive", "select content from archive_part", "delete from archive", "update archive set month = ''"):
        assert "permission denied" in denied(installation, SERVES, statement), statement


@POSTGRES
@pytest.mark.promise("P54", "P57")
def test_the_archivist_exports_and_ends_a_month_and_sees_nothing_else(
    app: Flask, roles: tuple[Flask, Flask], installation: Installation, clock: ClockHandle, tmp_path: Path, kept
) -> None:
    keeping, month = roles[1], month_there(app)
    keeping.extensions["settings"] = Settings(mode="production", data=installation.folder, password_cost=CHEAPEST)

    exported = run(keeping, "vault", "export", "--month", month, "--out", str(tmp_path / "x"))
    export_id = json.loads((tmp_path / "x").read_text().splitlines()[0])["export"]
    clock.advance(days=3 * 366)
    doubted = destroy(keeping, month)
    ended = destroy(keeping, month, "--clock-is-right", "--erased", export_id)

    assert exported.output.startswith("1 sealed"), exported.output
    assert "--clock-is-right" in doubted.output
    assert ended.exit_code == 0, ended.output
    assert count_sealed(app) == (0, 0)
    for table in ("account", "application", "ledger_entry", "message"):
        assert "permission denied" in denied(installation, KEEPS, f"select * from {table}"), table


def month_there(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(select(Archive.month)).one()


def make_roles() -> None:
    for role in (SERVES, KEEPS):
        exists = db.session.execute(db.text("select 1 from pg_roles where rolname = :role"), {"role": role}).first()
        if exists is None:
            db.session.execute(db.text(f"create role {role} login"))
    db.session.commit()


def address_as(installation: Installation, role: str) -> str:
    return make_url(installation.database).set(username=role).render_as_string(hide_password=False)


def as_role(installation: Installation, role: str) -> Flask:
    """The same installation, served under another role of its database."""
    settings = Settings(mode="demo", data=installation.folder, database_url=address_as(installation, role), password_cost=CHEAPEST)
    return create_app(settings)


def denied(installation: Installation, role: str, statement: str) -> str:
    with psycopg.connect(address_as(installation, role)) as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            return str(error)
    return ""


@ONE
@pytest.mark.promise("P54")
def test_with_all_the_applications_secrets_the_archive_does_not_open(app: Flask, installation: Installation, kept) -> None:
    leave(app, somebody(app))

    with app.app_context():
        row = db.session.scalars(select(Archive)).one()
        key = vault.find_key(app.extensions["settings"], row.month)
        secrets = [entry.key.secret for entry in app.extensions["key_ring"].entries]
    terms = Terms(row.month, row.deleted_at, row.not_before, row.not_after)
    for secret in [*secrets, key.public[:32], key.public[-32:]]:
        with pytest.raises(BundleError):
            open_bundle([], sealed_key=row.sealed_key, digest=row.digest, terms=terms, private=secret)
    assert {rule.rule for rule in app.url_map.iter_rules() if "archive" in rule.rule or "vault" in rule.rule} == set()
