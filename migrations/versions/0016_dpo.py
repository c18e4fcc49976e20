"""Legal disclosures and their steps, refused requests, cases, drafts for a second person, breaches and whom they concern."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "legal_disclosure",
        *_numbered("legal_disclosure"),
        sa.Column("ground", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        _moment("gag_until", nullable=True),
        _moment("drafted_at"),
    )
    op.create_index("ix_legal_disclosure_account_id", "legal_disclosure", ["account_id"])
    op.create_table(
        "legal_step",
        sa.Column("disclosure_id", sa.String(32), sa.ForeignKey("legal_disclosure.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
        _moment("at"),
    )
    op.create_table(
        "refused_request",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ground", sa.String(10), nullable=False),
        sa.Column("refused_on", sa.Date(), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
    )
    op.create_table(
        "inquiry",
        *_numbered("inquiry"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
        _moment("opened_at"),
        _moment("closed_at", nullable=True),
    )
    op.create_table(
        "publication",
        *_numbered("publication"),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("version", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.String(32), nullable=False),
        _moment("drafted_at"),
        sa.Column("approved_by", sa.String(32), nullable=True),
        _moment("approved_at", nullable=True),
    )
    _make_breaches()


def _make_breaches() -> None:
    op.create_table(
        "breach",
        *_numbered("breach"),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _moment("began_at"),
        _moment("ended_at"),
        _moment("known_at"),
        _moment("told_at", nullable=True),
    )
    op.create_table(
        "breach_affected",
        sa.Column("breach_id", sa.String(32), sa.ForeignKey("breach.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("account_id", sa.String(32), sa.ForeignKey("account.id"), primary_key=True),
        _moment("told_at", nullable=True),
        _moment("read_at", nullable=True),
    )
    op.create_index("ix_breach_affected_account_id", "breach_affected", ["account_id"])


def _numbered(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("reference", sa.String(8), nullable=False),
        sa.UniqueConstraint("reference", name=f"uq_{table}_reference"),
    ]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Drop the tables."""
    for name in ("publication", "breach_affected", "breach", "inquiry", "refused_request", "legal_step", "legal_disclosure"):
        op.drop_table(name)
