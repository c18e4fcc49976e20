"""A mark on each row of the ledger, under a key outside of the database; what stood there before is vouched for as it is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

from msewa.extensions import Moment
from msewa.ledger import marks

revision = "0021"
down_revision = "0020"

MARKED = ("ledger_entry", "ledger_checkpoint", "ledger_erased")
SIGNATURES = {"old": "ledger_erase(varchar)", "new": "ledger_erase(varchar, bigint[], bytea[])"}
# Runs with its owner's rights: the application's own role may remove entries in this one way only.
# Each row of hers needs a mark that only the application can make; one without is not noted, and the trigger refuses them all.
ERASE = """create function ledger_erase(subject varchar, numbers bigint[], marks bytea[]) returns bigint
    language plpgsql security definer as $$
    declare removed bigint;
    begin
        insert into ledger_erased select number, given.mark from unnest(numbers, marks) as given(number, mark)
            join ledger_entry using (number) where subject_id = subject;
        delete from ledger_entry where subject_id = subject;
        get diagnostics removed = row_count;
        return removed;
    end $$"""
ERASE_UNMARKED = """create function ledger_erase(subject varchar) returns bigint language plpgsql security definer as $$
    declare removed bigint;
    begin
        insert into ledger_erased select number from ledger_entry where subject_id = subject;
        delete from ledger_entry where subject_id = subject;
        get diagnostics removed = row_count;
        return removed;
    end $$"""


def upgrade() -> None:
    """Add the marks, and ask for one with each erasure."""
    for table in MARKED:
        op.add_column(table, sa.Column("mark", sa.LargeBinary(16), nullable=False, server_default=""))
    with _unlocked():
        _mark_entries()
        _mark_others()
    _replace_erase(SIGNATURES["old"], ERASE, SIGNATURES["new"])


def downgrade() -> None:
    """Take them back."""
    _replace_erase(SIGNATURES["new"], ERASE_UNMARKED, SIGNATURES["old"])
    for table in MARKED:
        op.drop_column(table, "mark")


def _mark_entries() -> None:
    entry = _table("ledger_entry", "number", "subject_id", "by_other", at=Moment(), by_other=sa.Boolean())
    leaf = _table("ledger_leaf", "number", "leaf_hash")
    found = sa.select(entry.c.number, leaf.c.leaf_hash, entry.c.subject_id, entry.c.at, entry.c.by_other)
    _write(
        entry,
        found.join_from(entry, leaf, leaf.c.number == entry.c.number),
        key="number",
        says=lambda row: marks.entry(row.number, leaf=row.leaf_hash, subject_id=row.subject_id, at=row.at, by_other=row.by_other),
    )


def _mark_others() -> None:
    erased = _table("ledger_erased", "number")
    _write(erased, sa.select(erased.c.number), key="number", says=lambda row: marks.erasure(row.number))
    signed = _table("ledger_checkpoint", "size", "note", "last_number", made_at=Moment())
    _write(
        signed,
        sa.select(signed.c.size, signed.c.note, signed.c.last_number, signed.c.made_at),
        key="size",
        says=lambda row: marks.checkpoint(row.note, last_number=row.last_number, made_at=row.made_at),
    )


def _table(name: str, *columns: str, **typed: sa.types.TypeEngine) -> sa.TableClause:
    plain = [sa.column(one) for one in columns if one not in typed]
    return sa.table(name, *plain, *(sa.column(one, kind) for one, kind in typed.items()), sa.column("mark", sa.LargeBinary))


def _write(table: sa.TableClause, found: sa.Select, *, key: str, says: Callable[[sa.Row], marks.Says]) -> None:
    connection = op.get_bind()
    rows = [{"row": getattr(row, key), "written": marks.mark(says(row))} for row in connection.execute(found)]
    if rows:
        marked = sa.update(table).where(table.c[key] == sa.bindparam("row")).values(mark=sa.bindparam("written", type_=sa.LargeBinary()))
        connection.execute(marked, rows)


@contextmanager
def _unlocked() -> Iterator[None]:
    """Lift what refuses every change of these tables, for as long as it takes."""
    is_server = op.get_bind().dialect.name == "postgresql"
    for table in MARKED:
        op.execute(f"alter table {table} disable trigger user" if is_server else f"drop trigger {table}_no_update")
    yield
    for table in MARKED:
        refuse = f"""create trigger {table}_no_update before update on {table}
            begin select raise(abort, 'the ledger only grows'); end"""
        op.execute(f"alter table {table} enable trigger user" if is_server else refuse)


def _replace_erase(old: str, body: str, new: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    schema = op.get_bind().scalar(sa.text("select quote_ident(current_schema())"))
    revoke = f"revoke all on function {new} from public"
    # What runs with its owner's rights must not find its tables by the caller's search path.
    settle = f"alter function {new} set search_path = {schema}, pg_temp"
    for statement in (f"drop function {old}", body, revoke, settle):
        op.execute(statement)
