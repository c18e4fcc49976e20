"""An installation of an earlier release comes along: what it holds is there after the upgrade, and vouched for."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import column, insert, text
from sqlalchemy import table as sa_table
from sqlalchemy.exc import DBAPIError

from msewa import create_app, schema
from msewa.config import Settings
from msewa.crypto.notes import sign_note
from msewa.extensions import Base, db, writing
from msewa.ledger.signing import origin, signer
from msewa.ledger.tree import Hashes, Span, fold, grow, leaf_hash
from msewa.ledger.verifying import verify
from tests.installation import CHEAPEST, new_database

RELEASED = "0017"
SEALED = (b"one", b"two", b"three")
THEN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An installation as an earlier release left it: two people in the ledger, one of them gone, and some visits."""
    database = new_database() if request.param == "postgres" else None
    app = create_app(Settings(mode="demo", data=tmp_path, database_url=database, password_cost=CHEAPEST))
    with app.app_context():
        schema.bring_up(revision=RELEASED)
        with writing():
            _fill()
            db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


def _fill() -> None:
    leaves = [leaf_hash(one) for one in SEALED]
    frontier: Hashes = {}
    nodes = [{"key": node.key, "node_hash": value} for node, value in grow(0, leaves, frontier=frontier) if node.level]
    root = fold(Span(0, len(leaves)), hash_of=frontier.__getitem__)
    note = sign_note(f"{origin()}\n{len(leaves)}\n{base64.b64encode(root).decode()}\n", signer=signer())
    rows = [{"number": number, "leaf_hash": leaf, "position": number - 1} for number, leaf in enumerate(leaves, 1)]
    _put("ledger_leaf", *({"number": row["number"], "leaf_hash": row["leaf_hash"]} for row in rows))
    _put("ledger_place", *({"number": row["number"], "position": row["position"]} for row in rows))
    _put("ledger_node", *nodes)
    _put("ledger_checkpoint", {"size": len(leaves), "root_hash": root, "note": note, "last_number": len(leaves), "made_at": THEN})
    entry = {"subject_id": "a" * 32, "at": THEN, "by_other": False}
    _put("ledger_entry", *({"number": number, "sealed": SEALED[number - 1], **entry} for number in (1, 3)))
    _put("ledger_erased", {"number": 2})
    _put("visit_pages", {"day": THEN.date(), "hour": 6, "value": "catalogue.home", "visits": 30})


def _put(table: str, *rows: dict[str, Any]) -> None:
    # Written as that release wrote it: today's models know columns that are not there yet.
    columns = Base.metadata.tables[table].c
    db.session.execute(insert(sa_table(table, *(column(name, columns[name].type) for name in rows[0]))), list(rows))


def test_what_was_there_is_there_and_vouched_for(earlier: Flask) -> None:
    with earlier.app_context():
        schema.bring_up()

        with db.engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)
        faults = list(verify(now=THEN))
        counted = db.session.execute(text("select value, visits from visit_pages")).all()

    assert differences == []
    assert faults == []
    assert counted == [("catalogue.home", 30)]


def test_the_ledger_stays_shut_after_the_upgrade(earlier: Flask) -> None:
    with earlier.app_context():
        schema.bring_up()

        for table in ("ledger_entry", "ledger_checkpoint", "ledger_erased"):
            with pytest.raises(DBAPIError, match="the ledger only grows"):
                db.session.execute(text(f"update {table} set mark = mark"))
            db.session.rollback()
