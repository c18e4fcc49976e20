"""Whether somebody went on from a page of a form: until then the form opens there again."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the column; what was saved before counts as done, as it did."""
    op.add_column("application_page", sa.Column("is_done", sa.Boolean(), nullable=False, server_default=sa.text("true")))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("application_page", "is_done")
