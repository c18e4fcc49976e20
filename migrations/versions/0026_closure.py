"""The custodians' word at the end of a month, and which exports of it there are."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
WORD = (sa.Column("custodians", sa.Integer()), sa.Column("burnt", sa.Integer()), sa.Column("record", sa.String(120)))


def upgrade() -> None:
    """Add both."""
    for column in WORD:
        op.add_column("vault_month", column)
    op.create_table(
        "vault_export",
        sa.Column("id", sa.String(8), primary_key=True),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    """Take both back."""
    op.drop_table("vault_export")
    for column in WORD:
        op.drop_column("vault_month", column.name)
