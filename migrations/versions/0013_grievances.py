"""Complaints and their steps."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "grievance",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("reference", sa.String(8), nullable=False),
        sa.Column("account_id", sa.String(32), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("topic", sa.String(12), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("assigned_to", sa.String(32), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("reference", name="uq_grievance_reference"),
    )
    op.create_index("ix_grievance_account_id", "grievance", ["account_id", "filed_at"])
    op.create_index("ix_grievance_state", "grievance", ["state", "due_at"])
    op.create_table(
        "grievance_event",
        sa.Column("grievance_id", sa.String(32), sa.ForeignKey("grievance.id", ondelete="CASCADE"), primary_key=True, nullable=False),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("grievance_event")
    op.drop_table("grievance")
