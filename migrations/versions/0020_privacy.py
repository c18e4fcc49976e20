"""The dashboard's newest rows without a sort: what was sent, and the messages."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Index both as they are asked."""
    op.create_index("ix_application_sent", "application", ["account_id", "submitted_at", "id"])
    op.drop_index("ix_message_account_id", "message")
    op.create_index("ix_message_account_id", "message", ["account_id", "created_at", "id"])


def downgrade() -> None:
    """Take both back."""
    op.drop_index("ix_message_account_id", "message")
    op.create_index("ix_message_account_id", "message", ["account_id"])
    op.drop_index("ix_application_sent", "application")
