"""The checks need no more than the role that serves may do: it neither owns the tables nor reads the archive (P54, P77)."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from msewa import create_app
from msewa.extensions import db, writing
from msewa.outbox import daily
from msewa.promises.checks import vaulting
from tests.installation import Installation
from tests.ledger.test_grants import as_role
from tests.people import PROFILE, somebody

pytestmark = pytest.mark.parametrize("backend", ["postgres"])


@pytest.fixture
def role(installation: Installation) -> Iterator[str]:
    name = f"checks_{secrets.token_hex(4)}"
    with psycopg.connect(installation.database or "", autocommit=True) as owner:
        owner.execute(f"create role {name} login password 'made up'")
    yield name
    with psycopg.connect(installation.database or "", autocommit=True) as owner:
        owner.execute(f"drop owned by {name}")
        owner.execute(f"drop role {name}")


@pytest.mark.promise("P77")
def test_the_role_that_serves_can_look_at_everything_that_is_checked(installation: Installation, app: Flask, role: str) -> None:
    somebody(app, profile=PROFILE)
    granted = app.test_cli_runner().invoke(args=["ledger", "grants", role])
    with app.app_context(), writing():
        daily.start(now=app.extensions["clock"].now())
        db.session.commit()

    url = as_role(installation.database or "", role)
    served = create_app(replace(app.extensions["settings"], database_url=url))
    checked = served.test_cli_runner().invoke(args=["self-check"])
    with served.app_context():
        db.engine.dispose()

    assert granted.exit_code == 0, granted.output
    assert checked.exit_code == 0, checked.output


@pytest.mark.promise("P54", "P77")
def test_who_serves_and_may_read_the_archive_is_found(installation: Installation, app: Flask, role: str, tmp_path: Path) -> None:
    app.test_cli_runner().invoke(args=["ledger", "grants", role])
    settings = app.extensions["settings"]
    served = create_app(replace(settings, database_url=as_role(installation.database or "", role)))

    found = []
    for one in (app, served):
        one.extensions["settings"] = replace(settings, mode="production", data=tmp_path)
        with one.app_context():
            found.append(vaulting.find_ways_to_the_sealed(app.extensions["clock"].now()))
            db.session.rollback()
        one.extensions["settings"] = settings
    with served.app_context():
        db.engine.dispose()

    assert found == [
        [f"The role that serves may read {name}: give it its rights by ledger grants." for name in ("archive", "archive_part")],
        [],
    ]
