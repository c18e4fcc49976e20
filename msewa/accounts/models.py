"""Accounts, their ways of proof, and visits. No network address, browser or device model is ever kept (P13, P23)."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from msewa.extensions import Base


class Account(Base):
    """A person: its id is random and means nothing, what is personal is sealed under its own data key."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    role: Mapped[str] = mapped_column(String(10))
    office: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    data_key: Mapped[bytes] = mapped_column(LargeBinary)
    mobile_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    identity: Mapped[bytes] = mapped_column(LargeBinary)
    contact: Mapped[bytes] = mapped_column(LargeBinary)
    password: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(2))
    notice_version: Mapped[str | None] = mapped_column(String(10))
    notice_language: Mapped[str | None] = mapped_column(String(2))
    notice_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime]


class TotpFactor(Base):
    """An authenticator app: the step of its last accepted code only ever moves forward."""

    __tablename__ = "totp_factor"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(Integer)
    confirmed_at: Mapped[datetime]


class Passkey(Base):
    """A key pair of which she holds the private half, on a phone or a security key; nothing says which model (P13)."""

    __tablename__ = "passkey"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A paper key: opens once, in place of the authenticator app."""

    __tablename__ = "recovery_code"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    hashed: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None]


class SignInSession(Base):
    """A visit. `kind` says what it may: only a full one is signed in; the others are on their way there.

    `sealed` holds what an unfinished way has gathered, under its own `data_key`; a signed-in visit's lies under the account's data key.
    `account_id` is set from the first thing that was proven on: with it the visit ends when all others of the account do. Until then
    `mobile_index` finds it for the owner of the number that was typed.
    """

    __tablename__ = "sign_in_session"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    mobile_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    data_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    proved_at: Mapped[datetime | None]


class SentCode(Base):
    """A code of six digits sent to a phone or mailbox: for one visit, one purpose, one use."""

    __tablename__ = "sent_code"
    __table_args__ = (UniqueConstraint("session_id", "purpose"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sign_in_session.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    code_mac: Mapped[bytes] = mapped_column(LargeBinary(32))
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(Integer)


class Throttle(Base):
    """How often something was tried in vain; the bucket is a keyed hash, so the table names nobody."""

    __tablename__ = "throttle"

    bucket: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tries: Mapped[int] = mapped_column(Integer)
    blocked_until: Mapped[datetime | None]
    tried_at: Mapped[datetime] = mapped_column(index=True)


class KnownDevice(Base):
    """A browser that has signed in to this account before, known by a random token of ours alone."""

    __tablename__ = "known_device"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    created_at: Mapped[datetime]


class LeftAddress(Base):
    """An address that she had until just now: for a week a link that went there alone puts it back."""

    __tablename__ = "left_address"
    __table_args__ = (UniqueConstraint("account_id", "field"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    field: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    left_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class PendingReset(Base):
    """A way back in for somebody who lost everything: it waits, tells both addresses, and can be cancelled."""

    __tablename__ = "pending_reset"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    begun_at: Mapped[datetime]
    ready_at: Mapped[datetime]
    ends_at: Mapped[datetime]
