"""What the sandbox of demo mode keeps; empty in production."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sandbox_message",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("to_index", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("id", name="uq_sandbox_message_id"),
    )
    op.create_index("ix_sandbox_message_to_index", "sandbox_message", ["to_index", "number"])
    op.create_table(
        "sandbox_parcel",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("provider_id", sa.String(60), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
    )
    op.create_index("ix_sandbox_parcel_provider_id", "sandbox_parcel", ["provider_id", "received_at"])
    op.create_table(
        "sandbox_key",
        sa.Column("provider_id", sa.String(60), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("sandbox_key", "sandbox_parcel", "sandbox_message"):
        op.drop_table(table)
