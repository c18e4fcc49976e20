"""Choices as events, receipts, and which policy each person has seen: rows are added, never changed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base

IS_LAW = text("kind = 'law'")


class ChoiceEvent(Base):
    """One event of one choice; which words were shown, in which language, and the receipt lie sealed.

    What stands open is what `is_allowed` asks of the database before each use, in one indexed read.
    """

    __tablename__ = "choice_event"
    __table_args__ = (Index("ix_choice_event_at", "purpose_id", "at"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    purpose_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Receipt(Base):
    """A signed receipt, sealed: of a choice, of a disclosure, or of what a law had us hand over."""

    __tablename__ = "receipt"
    __table_args__ = (
        Index("ix_receipt_account_id", "account_id", "at"),
        # Of a law there are few, and the dashboard asks for them each time: it reads past none of the others.
        Index("ix_receipt_law", "account_id", "at", sqlite_where=IS_LAW, postgresql_where=IS_LAW),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))  # choice | disclosure | law
    at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class PolicySeen(Base):
    """That the difference to a version of the policy was shown to somebody, in which language, with the SHA-256 of its words."""

    __tablename__ = "policy_seen"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(String(10), primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
