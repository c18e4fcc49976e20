"""The ledger's tree: stored nodes, signed checkpoints, and who may ask about it from outside."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Drop the tables."""
