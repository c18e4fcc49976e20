"""Counts of visits and security events without SQLite's hidden row numbers: they tell in which order rows came (P14)."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

BY_DAY = ("visit_languages", "visit_browsers", "visit_systems", "visit_pace")


def upgrade() -> None:
    """Make the tables anew around their rows."""
    _make_anew(without_rowid=True)


def downgrade() -> None:
    """Give the rows their numbers back."""
    _make_anew(without_rowid=False)


def _make_anew(*, without_rowid: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, columns in _tables():
        op.rename_table(table, f"{table}_before")
        op.create_table(table, *columns, sqlite_with_rowid=not without_rowid)
        # In the order of the key, not of arrival.
        names = [column.name for column in columns]
        before = sa.table(f"{table}_before", *map(sa.column, names))
        op.execute(sa.insert(sa.table(table, *map(sa.column, names))).from_select(names, sa.select(*before.c).order_by(*before.c)))
        op.drop_table(f"{table}_before")
    op.create_index("ix_security_event_hour", "security_event", ["hour"])


def _tables() -> list[tuple[str, list[sa.Column]]]:
    def day() -> sa.Column:
        return sa.Column("day", sa.Date(), primary_key=True)

    def counted() -> list[sa.Column]:
        return [sa.Column("value", sa.String(80), primary_key=True), sa.Column("visits", sa.Integer(), nullable=False)]

    events = [
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_month", sa.String(7), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    ]
    hour = sa.Column("hour", sa.Integer(), primary_key=True, autoincrement=False)
    return [("visit_pages", [day(), hour, *counted()]), *((table, [day(), *counted()]) for table in BY_DAY), ("security_event", events)]
