"""Three tables that stay empty in production: messages, parcels, and the private keys of pretend departments, all sealed."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base, Sequence


class SandboxMessage(Base):
    """A message as the pretend courier got it, found by the blind index of its address."""

    __tablename__ = "sandbox_message"
    __table_args__ = (Index("ix_sandbox_message_to_index", "to_index", "number"),)

    number: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    to_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class SandboxParcel(Base):
    """A package as the pretend department opened it; the id is our idempotency key, so a repeat is one parcel."""

    __tablename__ = "sandbox_parcel"
    __table_args__ = (Index("ix_sandbox_parcel_provider_id", "provider_id", "received_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(60))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]


class SandboxKey(Base):
    """A pretend department's private key, sealed."""

    __tablename__ = "sandbox_key"

    provider_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
