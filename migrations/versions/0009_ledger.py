"""The ledger's tree: places, stored nodes, signed checkpoints, and what refuses to change them.

A later migration that rebuilds one of these tables on SQLite (batch mode) must put its triggers back: `guard()`.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STAYS = ("ledger_leaf", "ledger_place", "ledger_node", "ledger_checkpoint", "ledger_erased")
TABLES = ("tracker_code", "tracker_client", "ledger_reading", "ledger_erased", "ledger_checkpoint", "ledger_node", "ledger_place")


def upgrade() -> None:
    """Make the tables."""
    op.add_column("ledger_entry", sa.Column("by_other", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_index("ix_ledger_entry_looks", "ledger_entry", ["subject_id", "by_other", "number"])
    op.create_table(
        "ledger_place",
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", NUMBER, sa.ForeignKey("ledger_leaf.number"), nullable=False),
        sa.UniqueConstraint("number", name="uq_ledger_place_number"),
    )
    op.create_table(
        "ledger_node",
        sa.Column("key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("node_hash", sa.LargeBinary(32), nullable=False),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("root_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
    )
    op.create_table(
        "ledger_erased",
        sa.Column("number", NUMBER, sa.ForeignKey("ledger_leaf.number"), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "ledger_reading",
        sa.Column("subject_id", sa.String(32), primary_key=True),
        sa.Column("read_on", sa.Date(), nullable=False),
    )
    op.create_table(
        "tracker_client",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.UniqueConstraint("address", name="uq_tracker_client_address"),
    )
    op.create_table(
        "tracker_code",
        sa.Column("code_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("client_id", sa.String(32), sa.ForeignKey("tracker_client.id"), nullable=False),
        sa.Column("account_id", sa.String(32), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
    )
    op.create_index("ix_tracker_code_account_id", "tracker_code", ["account_id"])
    guard()


def guard() -> None:
    """Have the database itself refuse to change what stays, and to drop an entry whose erasure is not noted."""
    is_server = op.get_bind().dialect.name == "postgresql"
    for statement in _on_server() if is_server else _embedded():
        op.execute(statement)


def _embedded() -> Iterator[str]:
    for table in STAYS:
        for act in ("update", "delete"):
            yield f"""create trigger {table}_no_{act} before {act} on {table}
                begin select raise(abort, 'the ledger only grows'); end"""
    yield """create trigger ledger_entry_no_update before update on ledger_entry
        begin select raise(abort, 'the ledger only grows'); end"""
    yield """create trigger ledger_entry_no_delete before delete on ledger_entry
        when not exists (select 1 from ledger_erased where number = old.number)
        begin select raise(abort, 'the ledger only grows'); end"""


REFUSE = """create function ledger_refuse() returns trigger language plpgsql as $$
    begin
        if tg_op = 'DELETE' and tg_table_name = 'ledger_entry' then
            if exists (select 1 from ledger_erased where number = old.number) then return old; end if;
        end if;
        raise exception 'the ledger only grows';
    end $$"""
# Runs with its owner's rights: the application's own role may remove entries in this one way only.
ERASE = """create function ledger_erase(subject varchar) returns bigint language plpgsql security definer as $$
    declare removed bigint;
    begin
        insert into ledger_erased select number from ledger_entry where subject_id = subject;
        delete from ledger_entry where subject_id = subject;
        get diagnostics removed = row_count;
        return removed;
    end $$"""


def _on_server() -> Iterator[str]:
    yield from (REFUSE, ERASE, "revoke all on function ledger_erase(varchar) from public")
    # What runs with its owner's rights must not find its tables by the caller's search path.
    schema = op.get_bind().scalar(sa.text("select quote_ident(current_schema())"))
    for function in ("ledger_refuse()", "ledger_erase(varchar)"):
        yield f"alter function {function} set search_path = {schema}, pg_temp"
    for table in (*STAYS, "ledger_entry"):
        yield f"create trigger {table}_stays before update or delete on {table} for each row execute function ledger_refuse()"
        yield f"create trigger {table}_stays_whole before truncate on {table} execute function ledger_refuse()"


def downgrade() -> None:
    """Drop the tables."""
    is_server = op.get_bind().dialect.name == "postgresql"
    for table in TABLES:
        op.drop_table(table)
    if is_server:
        op.execute("drop function ledger_erase(varchar)")
        op.execute("drop function ledger_refuse() cascade")
    else:
        op.execute("drop trigger ledger_leaf_no_update")
        op.execute("drop trigger ledger_leaf_no_delete")
        op.execute("drop trigger ledger_entry_no_update")
        op.execute("drop trigger ledger_entry_no_delete")
    op.drop_index("ix_ledger_entry_looks", "ledger_entry")
    op.drop_column("ledger_entry", "by_other")
