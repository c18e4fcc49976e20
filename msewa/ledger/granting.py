"""The rights of the role that serves on PostgreSQL: it may add to the ledger, and never change or remove what stands there."""

from collections.abc import Iterator

from sqlalchemy import DDL, Table, text

from msewa.extensions import Base, db

EVERYTHING, ADDING = "select, insert, update, delete", "select, insert"
# Written by `ledger_erase` alone, with its owner's rights.
ERASURES = "ledger_erased"


class GrantError(Exception):
    """The role can not be given these rights; the message says why in one line."""


def grant(role: str) -> Iterator[str]:
    """Take away what the role had and give it what the product needs; yield a line for each table that only grows.

    Raises GrantError on SQLite, for an unknown role, for a superuser, for a role that owns the tables, and unless run as their owner.
    The caller commits.
    """
    _refuse(role)
    schema = db.session.scalar(text("select current_schema()")) or "public"
    for statement in (
        # First everything is taken: a right of an earlier release must not outlive it.
        "revoke all on all tables in schema %(schema)s from %(role)s",
        "revoke create on schema %(schema)s from %(role)s",
        "grant usage on schema %(schema)s to %(role)s",
        "grant usage on all sequences in schema %(schema)s to %(role)s",
        "grant select on alembic_version to %(role)s",
        "grant execute on function ledger_erase(varchar, bigint[], bytea[]) to %(role)s",
    ):
        order(statement, schema=schema, role=role)
    # Table by table, so that a table of tomorrow has no rights until this is run again.
    for table in Base.metadata.sorted_tables:
        rights = _rights(table)
        order(f"grant {rights} on %(table)s to %(role)s", table=table.name, role=role)
        if rights != EVERYTHING:
            yield f"{table.name}: {rights}"


def order(statement: str, **names: str) -> None:
    """Carry out a statement about rights, which takes no parameters, with these names in it, each quoted as a name."""
    # Not the dialect's own quoting, which doubles the percent signs that DDL doubles again.
    quoted = {key: '"{}"'.format(name.replace('"', '""')) for key, name in names.items()}
    db.session.execute(DDL(statement, context=quoted))


def refuse_unless_owner() -> None:
    """Raise GrantError unless who is connected owns the product's tables: PostgreSQL only warns others, and grants and takes nothing."""
    ours = text(
        "select bool_and(pg_has_role(tableowner, 'usage')) from pg_tables where schemaname = current_schema() and tablename = any(:ours)"
    )
    # Without any table there is nothing to own; the grants themselves then say that it is not ready yet.
    if db.session.scalar(ours, {"ours": list(Base.metadata.tables)}) is False:
        role = db.session.scalar(text("select current_user"))
        raise GrantError(f"{role} does not own the tables, so it can give nobody rights to them: run this as their owner.")


def _rights(table: Table) -> str:
    if table.name == ERASURES:
        return "select"
    if table.info.get("write_only"):
        return "insert"  # what was sealed is never looked at by what serves (P54)
    return ADDING if table.info.get("append_only") else EVERYTHING


def _refuse(role: str) -> None:
    if db.engine.dialect.name != "postgresql":
        raise GrantError("Only PostgreSQL has roles; the embedded database guards the ledger by its triggers.")
    found = db.session.execute(text("select rolsuper from pg_roles where rolname = :role"), {"role": role}).first()
    if found is None:
        raise GrantError(f"There is no role {role}; make it first: create role {role} login password '...'")
    # An owner's own rights can't be taken away for good: it may always give them back to itself.
    refuse_unless_owner()
    owners = text("select pg_has_role(:role, relowner, 'member') from pg_class where oid = 'ledger_leaf'::regclass")
    if found.rolsuper or db.session.scalar(owners, {"role": role}):
        raise GrantError(f"{role} owns the tables or is a superuser, so it could change them all the same; serve under another role.")
