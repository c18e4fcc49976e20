"""In which tab a page of a form was saved last: what another one wrote meanwhile is not written over."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the column; of what was saved before it is not known."""
    op.add_column("application_page", sa.Column("tab", sa.String(16), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("application_page", "tab")
