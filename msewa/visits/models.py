"""Tables of visits, one for each dimension, and of security events. No column of either leads to a person (P14).

The finest moment is an hour. There is no number of a row, not even SQLite's hidden one: the order in which rows were made would say
more than they do.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base

UNNUMBERED = {"sqlite_with_rowid": False}


class ByDay:
    """How often one value was seen on one day."""

    __table_args__ = UNNUMBERED

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    value: Mapped[str] = mapped_column(String(80), primary_key=True)
    visits: Mapped[int] = mapped_column(Integer)


class VisitPages(Base):
    """How often pages of one route were shown in one hour."""

    __tablename__ = "visit_pages"
    __table_args__ = UNNUMBERED

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    hour: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[str] = mapped_column(String(80), primary_key=True)
    visits: Mapped[int] = mapped_column(Integer)


class VisitLanguages(ByDay, Base):
    """How often pages were shown in one language."""

    __tablename__ = "visit_languages"


class VisitBrowsers(ByDay, Base):
    """How often pages were shown to one family of browsers."""

    __tablename__ = "visit_browsers"


class VisitSystems(ByDay, Base):
    """How often pages were shown on one family of operating systems."""

    __tablename__ = "visit_systems"


class VisitPace(ByDay, Base):
    """How often an answer took so long."""

    __tablename__ = "visit_pace"


# The table of each metric.
TABLES: dict[str, Any] = {
    "pages": VisitPages,
    "languages": VisitLanguages,
    "browsers": VisitBrowsers,
    "systems": VisitSystems,
    "pace": VisitPace,
}


class SecurityEvent(Base):
    """Something that was refused; the address it came from is sealed to an offline key, of the month that `key_month` names."""

    __tablename__ = "security_event"
    __table_args__ = UNNUMBERED

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    hour: Mapped[datetime] = mapped_column(index=True)
    key_month: Mapped[str] = mapped_column(String(7))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class SecurityOpening(Base):
    """That two custodians opened sealed addresses: for which case, when, how many."""

    __tablename__ = "security_opening"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_number: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime]
    events: Mapped[int] = mapped_column(Integer)
