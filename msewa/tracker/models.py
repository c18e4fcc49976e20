"""Who may ask, and what each citizen gave to whom."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class TrackerClient(Base):
    """A registered portal: its X-Road client id, and the name that citizens read."""

    __tablename__ = "tracker_client"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    address: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    registered_at: Mapped[datetime]


class TrackerCode(Base):
    """The code by which one portal asks about one citizen: random, another for each portal, found by its hash."""

    __tablename__ = "tracker_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("tracker_client.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    # So that she can read her code again; a portal's question is answered by the hash alone.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[datetime]
