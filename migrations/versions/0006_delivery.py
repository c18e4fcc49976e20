"""Keys of providers, and packages for them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "provider_key",
        sa.Column("provider_id", sa.String(60), primary_key=True),
        sa.Column("kid", sa.String(80), primary_key=True),
        sa.Column("public_jwk", sa.JSON(), nullable=False),
        sa.Column("endpoint", sa.String(300), nullable=False),
        sa.Column("agreement", sa.String(40), nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "package",
        sa.Column("application_id", sa.String(32), primary_key=True),
        sa.Column("provider_id", sa.String(60), nullable=False),
        sa.Column("jwe", sa.Text()),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT),
        sa.Column("receipt", sa.String(120)),
    )
    op.create_index("ix_package_provider_id", "package", ["provider_id", "accepted_at"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("package", "provider_key"):
        op.drop_table(table)
