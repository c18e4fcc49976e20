"""Purposes and their versions, choices as events, receipts, and which policy each person has seen."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Drop the tables."""
