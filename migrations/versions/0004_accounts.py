"""Accounts, factors, visits, sent codes, throttles, known devices, delayed resets."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(32)
HASH = sa.LargeBinary(32)
SEALED = sa.LargeBinary()


def upgrade() -> None:
    """Make the tables."""
    _accounts()
    _visits()


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", ID, primary_key=True),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("office", sa.String(60)),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("data_key", SEALED, nullable=False),
        sa.Column("mobile_index", HASH, nullable=False),
        sa.Column("email_index", HASH),
        sa.Column("identity", SEALED, nullable=False),
        sa.Column("contact", SEALED, nullable=False),
        sa.Column("password", SEALED, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("notice_version", sa.String(10)),
        sa.Column("notice_language", sa.String(2)),
        sa.Column("notice_digest", HASH),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("signed_in_at", MOMENT, nullable=False),
        sa.UniqueConstraint("mobile_index", name="uq_account_mobile_index"),
        sa.UniqueConstraint("email_index", name="uq_account_email_index"),
    )
    op.create_table(
        "totp_factor",
        sa.Column("account_id", ID, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("secret", SEALED, nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", ID, primary_key=True),
        sa.Column("account_id", ID, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("hashed", SEALED, nullable=False),
        sa.Column("used_at", MOMENT),
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])


def _visits() -> None:
    op.create_table(
        "sign_in_session",
        sa.Column("id", ID, primary_key=True),
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("account_id", ID, sa.ForeignKey("account.id")),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("data_key", SEALED),
        sa.Column("sealed", SEALED),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("proved_at", MOMENT),
        sa.UniqueConstraint("token_hash", name="uq_sign_in_session_token_hash"),
    )
    op.create_index("ix_sign_in_session_account_id", "sign_in_session", ["account_id"])
    op.create_index("ix_sign_in_session_ends_at", "sign_in_session", ["ends_at"])
    op.create_table(
        "sent_code",
        sa.Column("id", ID, primary_key=True),
        sa.Column("session_id", ID, sa.ForeignKey("sign_in_session.id", ondelete="CASCADE"), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("code_mac", HASH, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.UniqueConstraint("session_id", "purpose", name="uq_sent_code_session_id_purpose"),
    )
    op.create_table(
        "throttle",
        sa.Column("bucket", HASH, primary_key=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("blocked_until", MOMENT),
        sa.Column("tried_at", MOMENT, nullable=False),
    )
    op.create_index("ix_throttle_tried_at", "throttle", ["tried_at"])
    op.create_table(
        "known_device",
        sa.Column("token_hash", HASH, primary_key=True),
        sa.Column("account_id", ID, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_known_device_account_id", "known_device", ["account_id"])
    op.create_table(
        "pending_reset",
        sa.Column("account_id", ID, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ready_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.UniqueConstraint("id", name="uq_pending_reset_id"),
    )


def downgrade() -> None:
    """Drop the tables."""
    tables = ("pending_reset", "known_device", "throttle", "sent_code", "sign_in_session", "recovery_code", "totp_factor", "account")
    for table in tables:
        op.drop_table(table)
