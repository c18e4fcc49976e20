"""Later words about an application, to the office that has it; and the list of one's own applications without a sort."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Say of each package what it is about, and index the list as it is asked."""
    op.add_column("package", sa.Column("concerns", sa.String(32)))
    op.create_index("ix_package_concerns", "package", ["concerns"])
    op.drop_index("ix_application_account_id", "application")
    op.create_index("ix_application_account_id", "application", ["account_id", "created_at", "id"])


def downgrade() -> None:
    """Take both back."""
    op.drop_index("ix_application_account_id", "application")
    op.create_index("ix_application_account_id", "application", ["account_id", "created_at"])
    op.drop_index("ix_package_concerns", "package")
    op.drop_column("package", "concerns")
