"""Taking away what the databases themselves refuse, so that tests can break the ledger; rolled back with the test's transaction."""

from sqlalchemy import text

from msewa.extensions import db

TABLES = ("ledger_leaf", "ledger_entry", "ledger_place", "ledger_node", "ledger_checkpoint", "ledger_erased")


def unguard() -> None:
    """Drop the triggers of the ledger's tables, and PostgreSQL's foreign keys to its leaves, until this transaction ends."""
    db.session.flush()
    if db.engine.dialect.name == "postgresql":
        for table in TABLES:
            db.session.execute(text(f"alter table {table} disable trigger all"))
        return
    names = db.session.scalars(text("select name from sqlite_master where type = 'trigger' and name like 'ledger_%'")).all()
    for name in names:
        db.session.execute(text(f"drop trigger {name}"))
    db.session.execute(text("pragma defer_foreign_keys = on"))
