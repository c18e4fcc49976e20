"""What stays after somebody has left: closed bundles that name nobody, counts by month, and marks that let a restore erase again."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class Archive(Base):
    """A bundle of somebody who left, closed to its month's offline key. Its id is random: nothing leads here from a person (P60)."""

    __tablename__ = "archive"
    __table_args__ = (Index("ix_archive_month", "month"), {"info": {"write_only": True}})

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    month: Mapped[str] = mapped_column(String(7))
    key_id: Mapped[str] = mapped_column(String(16))
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    deleted_at: Mapped[datetime]
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    size: Mapped[int] = mapped_column(BigInteger)


class ArchivePart(Base):
    """One stretch of a bundle's ciphertext; written before the row that names the digest of them all, so no foreign key leads there."""

    __tablename__ = "archive_part"
    __table_args__ = ({"info": {"write_only": True}},)

    archive_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class VaultMonth(Base):
    """How many were sealed in a month, and between which moments it must end; the application may read this, and not the archive.

    Of a month that ended: how many shares its key had, and how many were burnt, on the word of the custodians' record of this number.
    """

    __tablename__ = "vault_month"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[int] = mapped_column(Integer)
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
    custodians: Mapped[int | None] = mapped_column(Integer)
    burnt: Mapped[int | None] = mapped_column(Integer)
    record: Mapped[str | None] = mapped_column(String(120))


class VaultExport(Base):
    """A copy of a month's sealed bundles that was written for the offline machine, until the custodians say that it is erased."""

    __tablename__ = "vault_export"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    month: Mapped[str] = mapped_column(String(7))
    made_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class VaultOpening(Base):
    """One lawful opening, as the offline machine reported it: the public count."""

    __tablename__ = "vault_opening"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    opened_at: Mapped[datetime]
    instrument: Mapped[str] = mapped_column(String(120))
    months: Mapped[str] = mapped_column(String(400))
    tried: Mapped[int] = mapped_column(Integer)
    opened: Mapped[int] = mapped_column(Integer)


class Erasure(Base):
    """That an account with this mark was erased: a keyed hash of its random id, so that a restored backup erases it again."""

    __tablename__ = "erasure"

    mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    erased_at: Mapped[datetime]


class ClosureIntimation(Base):
    """Word for a provider that somebody has left, closed to that provider alone, and emptied once it is taken."""

    __tablename__ = "closure_intimation"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(60))
    jwe: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class DeletionReceipt(Base):
    """A deletion receipt while its owner takes it: found by a token that only her browser has, and gone within the hour."""

    __tablename__ = "deletion_receipt"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    ends_at: Mapped[datetime]


class Termination(Base):
    """An account that the operator ends: shut at once, erased after the time to contest; why is sealed under the account's key."""

    __tablename__ = "termination"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    decided_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    export_used_at: Mapped[datetime | None]
