"""One table: a piece of work, its lease and its fencing token. Ids only, never personal data."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base, Sequence


class OutboxItem(Base):
    """`topic` names the handler, `reference` the row it works on; the pair is unique, so putting it twice is putting it once."""

    __tablename__ = "outbox_item"
    __table_args__ = (UniqueConstraint("topic", "reference"), Index("ix_outbox_item_due", "state", "due_at"))

    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    topic: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting | done | attention
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    # The kind of the fault, and the reason that the way out gives: another's message might quote what was being sent.
    error: Mapped[str] = mapped_column(String(80), default="")
