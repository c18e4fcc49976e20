"""Who may look into the archive: not what serves, not its secrets; the archivist alone, and nothing else (P54)."""

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
from tests.closure.ceremony import count_sealed, leave
from tests.closure.conftest import run
from tests.conftest import ClockHandle
from tests.installation import CHEAPEST, Installation
from tests.people import somebody

ONE = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.mark.parametrize("backend", ["postgres"])
@pytest.mark.promise("P54")
def test_the_role_that_serves_may_add_to_the_archive_and_not_look_into_it(
    app: Flask, installation: Installation, clock: ClockHandle, tmp_path: Path, kept
) -> None:
    person = somebody(app)
    with app.app_context():
        make_roles()
        list(grant("msewa_serves"))
        db.session.commit()
    archivist = run(app, "vault", "grants", "msewa_keeps")
    serving = as_role(installation, "msewa_serves")

    leave(serving, person)

    assert archivist.exit_code == 0, archivist.output
    assert count_sealed(app)[0] == 1
    for statement in ("select * from archive", "select content from archive_part", "delete from archive", "update archive set month = ''"):
        assert "permission denied" in denied(installation, "msewa_serves", statement), statement
    assert denied(installation, "msewa_keeps", "select * from archive") == ""
    assert "permission denied" in denied(installation, "msewa_keeps", "select * from account")
    keeping = as_role(installation, "msewa_keeps")
    exported = run(keeping, "vault", "export", "--month", month_there(app), "--out", str(tmp_path / "x"))
    assert exported.output.startswith("1 sealed"), exported.output
    early = run(serving, "vault", "destroy", "--month", month_there(app))
    not_allowed = [run(serving, "vault", "export", "--month", month_there(app), "--out", str(tmp_path / "y"))]
    clock.advance(days=3 * 366)
    not_allowed.append(run(serving, "vault", "destroy", "--month", month_there(app)))
    assert ["may not do that" in one.output for one in not_allowed] == [True, True], [one.output for one in not_allowed]
    assert "must be kept until" in early.output
    assert not (tmp_path / "y").exists()
    month = month_there(app)
    keeping.extensions["settings"] = Settings(mode="production", data=installation.folder, password_cost=CHEAPEST)
    doubted = run(keeping, "vault", "destroy", "--month", month)
    ended = run(keeping, "vault", "destroy", "--month", month, "--clock-is-right")
    assert "--clock-is-right" in doubted.output
    assert ended.exit_code == 0, ended.output
    assert count_sealed(app) == (0, 0)
    for served in (serving, keeping):
        with served.app_context():
            db.engine.dispose()


def month_there(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(select(Archive.month)).one()


def make_roles() -> None:
    for role in ("msewa_serves", "msewa_keeps"):
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
