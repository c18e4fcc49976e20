"""An index of the receipts of what a law had us hand over: few have one, and every dashboard asks."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add it."""
    law = sa.text("kind = 'law'")
    op.create_index("ix_receipt_law", "receipt", ["account_id", "at"], sqlite_where=law, postgresql_where=law)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_receipt_law", "receipt")
