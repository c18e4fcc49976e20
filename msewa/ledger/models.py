"""What stays for ever (leaves, the tree over them, its signed checkpoints), and entries, which end with their subject.

A leaf is the SHA-256 of an entry's ciphertext (RFC 6962 leaf hash). Erasing a subject removes its entries and its key; the leaves stay,
so that proofs over them hold and say nothing of anybody. Both databases refuse to change or remove what stays, by triggers.
A `mark` vouches for the rest of its row (see `marks`).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base, Sequence

# What `flask ledger grants` gives the application's role no right to change or remove.
STAYS: dict[str, Any] = {"append_only": True}


class LedgerLeaf(Base):
    """One leaf: never changed, never removed."""

    __tablename__ = "ledger_leaf"
    __table_args__ = ({"sqlite_autoincrement": True, "info": STAYS},)

    number: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerEntry(Base):
    """What the leaf speaks of, sealed under its subject's data key; `by_other` when it was not she who acted."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_entry_subject", "subject_id", "number"),
        Index("ix_ledger_entry_looks", "subject_id", "by_other", "number"),
        {"info": STAYS},
    )

    number: Mapped[int] = mapped_column(Sequence, ForeignKey("ledger_leaf.number"), primary_key=True, autoincrement=False)
    subject_id: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    by_other: Mapped[bool] = mapped_column(Boolean, default=False, server_default="0")
    mark: Mapped[bytes] = mapped_column(LargeBinary(16), server_default="")


class LedgerPlace(Base):
    """Which leaf stands at which place of the tree, counted from 0."""

    __tablename__ = "ledger_place"
    __table_args__ = ({"info": STAYS},)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Sequence, ForeignKey("ledger_leaf.number"), unique=True)


class LedgerNode(Base):
    """The hash of a complete subtree of two leaves or more, under its key (see `tree.Node`)."""

    __tablename__ = "ledger_node"
    __table_args__ = ({"info": STAYS},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    node_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerCheckpoint(Base):
    """The root over the first `size` leaves, signed (C2SP tlog-checkpoint); `last_number` is the highest leaf number among them."""

    __tablename__ = "ledger_checkpoint"
    __table_args__ = ({"info": STAYS},)

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[str] = mapped_column(Text)
    last_number: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))


class LedgerErased(Base):
    """The number of an entry that ended with its subject. Neither whose it was nor when: one erasure looks like any other."""

    __tablename__ = "ledger_erased"
    __table_args__ = ({"info": STAYS},)

    number: Mapped[int] = mapped_column(Sequence, ForeignKey("ledger_leaf.number"), primary_key=True, autoincrement=False)
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))


class LedgerReading(Base):
    """The day on which somebody last read her own ledger, so that her own looks do not crowd out those of others."""

    __tablename__ = "ledger_reading"

    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    read_on: Mapped[date] = mapped_column(Date)
