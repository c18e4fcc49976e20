"""The sealed archive, the erasure ledger, key months, and intimations on their way to providers."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Drop the tables."""
