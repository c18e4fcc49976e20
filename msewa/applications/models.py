"""An application's tables: what is personal lies sealed under the application's own data key, so that its view can be ended alone."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class Application(Base):
    """One person's request for one service, under the definition it was begun with."""

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_account_id", "account_id", "created_at", "id"),
        Index("ix_application_sent", "account_id", "submitted_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    service_id: Mapped[str] = mapped_column(String(80))
    service_version: Mapped[int] = mapped_column(Integer)
    provider_id: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(2))
    data_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    due_on: Mapped[date | None] = mapped_column(Date)
    digest: Mapped[str | None] = mapped_column(String(64))


class ApplicationPage(Base):
    """One page of the form as it was last saved: {field: {value | typed, source, at}}, sealed; `is_done` once she went on from it.

    `tab` names the showing of the page that was saved last.
    """

    __tablename__ = "application_page"

    application_id: Mapped[str] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(Integer, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    is_done: Mapped[bool] = mapped_column(Boolean)
    tab: Mapped[str | None] = mapped_column(String(16))


class ApplicationUnsaved(Base):
    """What a visit that ended by itself still brought for a step, in the form of a page: shown to its owner, part of nothing."""

    __tablename__ = "application_unsaved"

    application_id: Mapped[str] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(Integer, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    held_at: Mapped[datetime]


class ApplicationPaper(Base):
    """A clean paper; `meta` (name, media type, size, SHA-256) and `content` are sealed apart, so that a list opens no file."""

    __tablename__ = "application_paper"
    __table_args__ = (Index("ix_application_paper_application_id", "application_id", "key"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(60))
    meta: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime]


class ApplicationReview(Base):
    """What a review page showed, by the digest of its payload: the lines, sealed."""

    __tablename__ = "application_review"

    application_id: Mapped[str] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    shown_at: Mapped[datetime]


class ApplicationEvent(Base):
    """One knot of the track."""

    __tablename__ = "application_event"

    application_id: Mapped[str] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
