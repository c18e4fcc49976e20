"""Two tables: the keys that packages are closed to, and packages, of which only the closed form is ever kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class ProviderKey(Base):
    """A provider's public key, where it receives packages, and the agreement it accepted; one key of each is active."""

    __tablename__ = "provider_key"

    provider_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    kid: Mapped[str] = mapped_column(String(80), primary_key=True)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    endpoint: Mapped[str] = mapped_column(String(300))
    agreement: Mapped[str] = mapped_column(String(40))
    accepted_at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(Boolean)


class Package(Base):
    """An application's package, or a later word about it: closed to its provider (JWE), gone once that has it; the digest stays."""

    __tablename__ = "package"
    __table_args__ = (Index("ix_package_provider_id", "provider_id", "accepted_at"), Index("ix_package_concerns", "concerns"))

    application_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    # Of a later word (a correction, a withdrawal): the application it is about. The word itself goes under an id of its own.
    concerns: Mapped[str | None] = mapped_column(String(32))
    provider_id: Mapped[str] = mapped_column(String(60))
    jwe: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    receipt: Mapped[str | None] = mapped_column(String(120))
