"""One table: a message on its way. What it says and to whom is sealed, and wiped once it is sent."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class Message(Base):
    """A message: its own data key, wrapped, and the sealed address and values; both are gone when it is not waiting."""

    __tablename__ = "message"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(String(32), index=True)
    channel: Mapped[str] = mapped_column(String(5))  # sms | email
    template: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))  # waiting | sent | failed | dropped
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
