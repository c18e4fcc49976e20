"""House rules for tables: one migration head, and the migrated schema is the models'."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from msewa.extensions import Base, db
from tests.installation import ROOT


def test_there_is_one_migration_head() -> None:
    script = ScriptDirectory(str(ROOT / "migrations"))

    assert len(script.get_heads()) == 1


def test_the_migrated_schema_is_that_of_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []
