"""Whom she named to speak for her data, and the download she asked for: one at a time, sealed in parts, gone within a day."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class Nominee(Base):
    """One person she named (DPDP Act, s. 14): name, relation and number, sealed under her key."""

    __tablename__ = "nominee"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    named_at: Mapped[datetime]


class Download(Base):
    """A ZIP of everything, asked for or ready; `done` of `total` pieces are in it."""

    __tablename__ = "download"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), unique=True)
    language: Mapped[str] = mapped_column(String(2))
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    ends_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)


class DownloadPart(Base):
    """A stretch of the ZIP, sealed under her key: no more than this lies open in memory."""

    __tablename__ = "download_part"

    # Also what stops a worker that is still writing when she leaves or asks anew: without its download no part can be added.
    download_id: Mapped[str] = mapped_column(ForeignKey("download.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
