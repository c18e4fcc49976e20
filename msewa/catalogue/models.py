"""The catalogue's tables: current rows as JSON, definitions by version, immutable once made."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class CatalogueProvider(Base):
    """A provider of the public register; only registered ones may receive anything (P26)."""

    __tablename__ = "catalogue_provider"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    is_registered: Mapped[bool] = mapped_column(Boolean, default=True)
    content: Mapped[str] = mapped_column(Text)


class CatalogueService(Base):
    """A service and which version of its definition is live."""

    __tablename__ = "catalogue_service"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)


class CatalogueDefinition(Base):
    """One version of a service's definition; an application keeps the version it was made under."""

    __tablename__ = "catalogue_definition"

    service_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)


class CatalogueList(Base):
    """A whole list that is read at once: schemes, places, the question bank, papers, categories, words."""

    __tablename__ = "catalogue_list"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    content: Mapped[str] = mapped_column(Text)


class CatalogueRelease(Base):
    """One row: which load the tables hold, so that every process notices a new one."""

    __tablename__ = "catalogue_release"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime]
