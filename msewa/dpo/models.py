"""The console's tables. Words lie sealed: those of the office under their paper's own key, a document under the citizen's."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base

IS_PUBLISHED = text("state = 'published'")


class LegalDisclosure(Base):
    """One demand under law: `sealed` holds authority, provision, instrument and field names, `document` the values handed over.

    `account_id` and `document` end with the account; the office's own paper stays, and names nobody.
    """

    __tablename__ = "legal_disclosure"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    ground: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[str | None] = mapped_column(String(32), index=True)
    data_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    document: Mapped[bytes | None] = mapped_column(LargeBinary)
    gag_until: Mapped[datetime | None]
    drafted_at: Mapped[datetime]


class LegalStep(Base):
    """One step of a demand and which officer took it: drafted, approved, carried out, opened, shown."""

    __tablename__ = "legal_step"

    disclosure_id: Mapped[str] = mapped_column(ForeignKey("legal_disclosure.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    officer_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]


class RefusedRequest(Base):
    """A request for data without a law behind it: refused, and counted."""

    __tablename__ = "refused_request"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    ground: Mapped[str] = mapped_column(String(10))
    refused_on: Mapped[date] = mapped_column(Date)
    officer_id: Mapped[str] = mapped_column(String(32))


class Inquiry(Base):
    """A case: what staff must name before they look at anything, and only while it is open."""

    __tablename__ = "inquiry"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    officer_id: Mapped[str] = mapped_column(String(32))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Breach(Base):
    """A breach of personal data: what is known of it lies sealed under its own key, for two notices."""

    __tablename__ = "breach"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    data_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    known_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    board_told_at: Mapped[datetime | None]


class BreachAffected(Base):
    """A person whom a breach concerns: when she was told, and when she read it."""

    __tablename__ = "breach_affected"
    __table_args__ = (Index("ix_breach_affected_account_id", "account_id"),)

    breach_id: Mapped[str] = mapped_column(ForeignKey("breach.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    told_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class Publication(Base):
    """A text that one officer drafted and another publishes: a version of the policy or of the notice, or entries of the purposes."""

    __tablename__ = "publication"
    # However many drafts there are of a version, and whoever approves them at the same moment: one is published.
    __table_args__ = (
        Index("ix_publication_published", "name", "version", unique=True, sqlite_where=IS_PUBLISHED, postgresql_where=IS_PUBLISHED),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    content: Mapped[str] = mapped_column(Text)
    drafted_by: Mapped[str] = mapped_column(String(32))
    drafted_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(32))
    approved_at: Mapped[datetime | None]
