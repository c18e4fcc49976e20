"""Nominees, downloads under way."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Drop the tables."""
