"""An installation with its demonstration."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from msewa.catalogue.operations import reinstate_providers
from msewa.delivery.models import ProviderKey
from msewa.extensions import db, writing
from msewa.sandbox import seeding
from msewa.sandbox.models import SandboxKey


@pytest.fixture
def seeded(app: Flask) -> Iterator[Flask]:
    """An installation with its demonstration; providers and keys are put back afterwards."""
    tables = (ProviderKey.__table__, SandboxKey.__table__)
    with app.app_context():
        before = {table: [dict(row._mapping) for row in db.session.execute(select(table))] for table in tables}
        db.session.rollback()
        with writing():
            # The departments of other tests stay with the catalogue, and where there is one people are made already.
            for table in tables:
                db.session.execute(delete(table))
            seeding.seed(now=app.extensions["clock"].now())
            db.session.commit()
    yield app
    with app.app_context(), writing():
        for table, rows in before.items():
            db.session.execute(delete(table))
            if rows:
                db.session.execute(insert(table), rows)
        reinstate_providers()
        db.session.commit()
