"""Counts of visits by single dimensions, sealed security events, and the published figures."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True)
BY_DAY = ("visit_languages", "visit_browsers", "visit_systems", "visit_pace")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "visit_pages",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("hour", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("value", sa.String(80), primary_key=True),
        sa.Column("visits", sa.Integer(), nullable=False),
    )
    for table in BY_DAY:
        op.create_table(
            table,
            sa.Column("day", sa.Date(), primary_key=True),
            sa.Column("value", sa.String(80), primary_key=True),
            sa.Column("visits", sa.Integer(), nullable=False),
        )
    op.create_table(
        "security_event",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("key_month", sa.String(7), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_security_event_hour", "security_event", ["hour"])
    op.create_table(
        "security_opening",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("case_number", sa.String(60), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
    )
    op.create_table(
        "figure_release",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("released_at", MOMENT, nullable=False),
    )
    op.create_table(
        "figure_cell",
        sa.Column("month", sa.String(7), sa.ForeignKey("figure_release.month"), primary_key=True),
        sa.Column("table_id", sa.String(40), primary_key=True),
        sa.Column("value", sa.String(80), primary_key=True),
        sa.Column("people", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("figure_cell", "figure_release", "security_opening", "security_event", *BY_DAY, "visit_pages"):
        op.drop_table(table)
