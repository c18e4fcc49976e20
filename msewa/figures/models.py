"""Published figures: numbers of ten people and more, frozen when their month was over. No row is about a person."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class FigureRelease(Base):
    """That a month was published: once, and never again, so that no two answers can be compared."""

    __tablename__ = "figure_release"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    released_at: Mapped[datetime]


class FigureCell(Base):
    """One number as it is shown; a cell that is not here had fewer people than the threshold, or none."""

    __tablename__ = "figure_cell"

    month: Mapped[str] = mapped_column(ForeignKey("figure_release.month"), primary_key=True)
    table_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(80), primary_key=True)
    people: Mapped[int] = mapped_column(Integer)
