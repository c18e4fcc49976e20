"""Two tables: leaves that stay for ever, and entries that end with their subject.

A leaf is the SHA-256 of an entry's ciphertext (RFC 6962 leaf hash). Erasing a subject removes its entries and its key; the leaves stay,
so that proofs over them hold and say nothing of anybody.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base, Sequence


class LedgerLeaf(Base):
    """One leaf: never changed, never removed."""

    __tablename__ = "ledger_leaf"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerEntry(Base):
    """What the leaf speaks of, sealed under its subject's data key."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_entry_subject", "subject_id", "number"),)

    number: Mapped[int] = mapped_column(Sequence, ForeignKey("ledger_leaf.number"), primary_key=True, autoincrement=False)
    subject_id: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
