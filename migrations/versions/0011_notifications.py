"""Which messages go where, and whom nothing is sent to any more."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("topic", sa.String(20), nullable=False, server_default=""))
    op.create_table(
        "suppression",
        sa.Column("account_id", sa.String(32), sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("channel", sa.String(5), primary_key=True),
        sa.Column("topic", sa.String(20), primary_key=True),
        sa.Column("reason", sa.String(20), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("suppression")
    with op.batch_alter_table("message") as message:
        message.drop_column("topic")
