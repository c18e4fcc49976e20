"""Two tables: complaints, and what became of them. Every word lies sealed under the citizen's data key."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class Grievance(Base):
    """One complaint: `sealed` holds its words and what it is about."""

    __tablename__ = "grievance"
    __table_args__ = (Index("ix_grievance_account_id", "account_id", "filed_at"), Index("ix_grievance_state", "state", "due_at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    topic: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    assigned_to: Mapped[str | None] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    filed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class GrievanceEvent(Base):
    """One step of a complaint; `sealed` holds the words of an answer."""

    __tablename__ = "grievance_event"

    grievance_id: Mapped[str] = mapped_column(ForeignKey("grievance.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
