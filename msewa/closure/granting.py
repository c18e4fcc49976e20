"""The archivist's role on PostgreSQL: it reads and ends sealed bundles, and sees nothing else (P54)."""

from collections.abc import Iterator

from sqlalchemy import text

from msewa.closure.rules import ClosureError
from msewa.extensions import db
from msewa.ledger.granting import order, refuse_unless_owner

RIGHTS = {
    "archive": "select, delete",
    "archive_part": "select, delete",
    "vault_month": "select, update",
    "vault_export": "select, insert, update",
    "vault_opening": "select, insert",
    "ledger_checkpoint": "select",  # public; by them a clock that jumped is told from one that is right
    "alembic_version": "select",
}


def grant_archivist(role: str) -> Iterator[str]:
    """Give a role the rights of the archivist and take all others; yield a line for each. The caller commits.

    Raises ClosureError, and GrantError unless it is run as the owner of the tables.
    """
    if db.engine.dialect.name != "postgresql":
        raise ClosureError("Only PostgreSQL has roles; on the embedded database the archive is closed by its key alone.")
    if db.session.scalar(text("select 1 from pg_roles where rolname = :role"), {"role": role}) is None:
        raise ClosureError(f"There is no role {role}; make it first: create role {role} login password '...'")
    refuse_unless_owner()
    schema = db.session.scalar(text("select current_schema()")) or "public"
    order("revoke all on all tables in schema %(schema)s from %(role)s", schema=schema, role=role)
    order("grant usage on schema %(schema)s to %(role)s", schema=schema, role=role)
    for table, rights in RIGHTS.items():
        order(f"grant {rights} on %(table)s to %(role)s", table=table, role=role)
        yield f"{table}: {rights}"
