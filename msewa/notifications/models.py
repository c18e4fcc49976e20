"""Two tables: messages on their way, whose words and addresses are sealed and wiped once sent; and whom nothing is sent to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class Message(Base):
    """A message: its own data key, wrapped, and the sealed address and values; both are gone when it is not waiting."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_account_id", "account_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(5))  # sms | email
    template: Mapped[str] = mapped_column(String(60))
    topic: Mapped[str] = mapped_column(String(20), default="", server_default="")  # empty: part of the service she asked for
    language: Mapped[str] = mapped_column(String(2))
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))  # waiting | sent | failed | dropped
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Suppression(Base):
    """Nothing of `topic` ("*" is everything) goes to this account over `channel`."""

    __tablename__ = "suppression"

    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(5), primary_key=True)
    topic: Mapped[str] = mapped_column(String(20), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]
