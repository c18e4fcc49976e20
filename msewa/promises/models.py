"""One table: what the last check of each kind found, for the page that shows it on every machine."""

from datetime import datetime

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class SelfCheck(Base):
    """Whether all was well when one thing was last looked at; which fault it was is told to whoever runs the system alone."""

    __tablename__ = "self_check"

    check_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    is_well: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime]
