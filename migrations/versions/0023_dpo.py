"""One published text of each version, and when the Board was told of a breach."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add both."""
    published = sa.text("state = 'published'")
    where = {"sqlite_where": published, "postgresql_where": published}
    op.create_index("ix_publication_published", "publication", ["name", "version"], unique=True, **where)
    op.add_column("breach", sa.Column("board_told_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Take both back."""
    op.drop_column("breach", "board_told_at")
    op.drop_index("ix_publication_published", "publication")
