"""Ledger, outbox and used form keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "used_form_key",
        sa.Column("key_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("body_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("location", sa.String(300), nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
    )
    op.create_index("ix_used_form_key_used_at", "used_form_key", ["used_at"])
    op.create_table(
        "ledger_leaf",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ledger_entry",
        sa.Column("number", NUMBER, sa.ForeignKey("ledger_leaf.number"), primary_key=True, autoincrement=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_ledger_entry_subject", "ledger_entry", ["subject_id", "number"])
    op.create_table(
        "outbox_item",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(80), nullable=False),
        sa.UniqueConstraint("topic", "reference", name="uq_outbox_item_topic_reference"),
    )
    op.create_index("ix_outbox_item_due", "outbox_item", ["state", "due_at"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("outbox_item", "ledger_entry", "ledger_leaf", "used_form_key"):
        op.drop_table(table)
