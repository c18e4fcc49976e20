"""One sealed group per section of a profile."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class ProfileSection(Base):
    """A section's values, sealed together under the citizen's data key: {field: {"value": ..., "at": ISO moment}}."""

    __tablename__ = "profile_section"

    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    section: Mapped[str] = mapped_column(String(20), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime]
