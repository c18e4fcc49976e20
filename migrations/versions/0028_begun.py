"""A mark by which an unfinished visit is found for the owner of the number that was typed."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the column; what was begun before the upgrade, of an hour at most, bears no mark and is begun again."""
    op.execute("DELETE FROM sent_code WHERE session_id IN (SELECT id FROM sign_in_session WHERE account_id IS NULL)")
    op.execute("DELETE FROM sign_in_session WHERE account_id IS NULL")
    op.add_column("sign_in_session", sa.Column("mobile_index", sa.LargeBinary(32), nullable=True))
    op.create_index("ix_sign_in_session_mobile_index", "sign_in_session", ["mobile_index"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_sign_in_session_mobile_index", "sign_in_session")
    op.drop_column("sign_in_session", "mobile_index")
