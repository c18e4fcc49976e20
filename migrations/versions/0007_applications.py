"""Tables of applications."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "application",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("reference", sa.String(8), nullable=False),
        sa.Column("account_id", sa.String(32), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("service_id", sa.String(80), nullable=False),
        sa.Column("service_version", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(60), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.UniqueConstraint("reference", name="uq_application_reference"),
    )
    op.create_index("ix_application_account_id", "application", ["account_id", "created_at"])
    op.create_table(
        "application_page",
        _application(primary_key=True),
        sa.Column("step", sa.Integer(), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "application_paper",
        sa.Column("id", sa.String(32), primary_key=True),
        _application(),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("meta", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_application_paper_application_id", "application_paper", ["application_id", "key"])
    op.create_table(
        "application_review",
        _application(primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "application_event",
        _application(primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def _application(*, primary_key: bool = False) -> sa.Column[str]:
    parent = sa.ForeignKey("application.id", ondelete="CASCADE")
    return sa.Column("application_id", sa.String(32), parent, primary_key=primary_key, nullable=False)


def downgrade() -> None:
    """Drop the tables."""
    for name in ("event", "review", "paper", "page"):
        op.drop_table(f"application_{name}")
    op.drop_table("application")
