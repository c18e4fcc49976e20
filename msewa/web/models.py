"""Form keys that were used, with the answer each got."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class UsedFormKey(Base):
    """A form key that was acted upon: the digest of what came with it, and where the answer sent the browser."""

    __tablename__ = "used_form_key"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    body_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    location: Mapped[str] = mapped_column(String(300))
    used_at: Mapped[datetime] = mapped_column(index=True)
