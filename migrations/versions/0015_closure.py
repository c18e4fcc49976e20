"""The sealed archive, the erasure ledger, key months, and intimations on their way to providers."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "termination",
    "deletion_receipt",
    "closure_intimation",
    "erasure",
    "vault_opening",
    "vault_month",
    "archive_part",
    "archive",
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "archive",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("not_after", MOMENT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_archive_month", "archive", ["month"])
    op.create_table(
        "archive_part",
        sa.Column("archive_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "vault_month",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("sealed", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("not_after", MOMENT, nullable=False),
        sa.Column("destroyed_at", MOMENT),
    )
    op.create_table(
        "vault_opening",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("instrument", sa.String(120), nullable=False),
        sa.Column("months", sa.String(400), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
    )
    op.create_table(
        "erasure",
        sa.Column("mark", sa.LargeBinary(32), primary_key=True),
        sa.Column("erased_at", MOMENT, nullable=False),
    )
    op.create_table(
        "closure_intimation",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("provider_id", sa.String(60), nullable=False),
        sa.Column("jwe", sa.Text()),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT),
    )
    op.create_table(
        "deletion_receipt",
        sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
    )
    op.create_table(
        "termination",
        sa.Column("account_id", sa.String(32), sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("export_used_at", MOMENT),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in TABLES:
        op.drop_table(table)
