"""The vault's public halves: one file for each month, made offline; private halves never come here."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from msewa.closure.models import VaultMonth
from msewa.closure.rules import MonthState, NoVaultKeyError, Span, month_of, state_of
from msewa.config import Settings, SettingsError
from msewa.crypto.custody import CustodyError, key_id, new_month, public_half
from msewa.extensions import db

DEMONSTRATION_ONLY = (
    "These are the custodians' shares of this demonstration's offline keys, kept together so that it can be tried.\n"
    "In a real installation no share ever lies on the server: each is made offline and taken away by another custodian.\n"
)


@dataclass(frozen=True, slots=True)
class MonthKey:
    """The public half that bundles of a month are sealed to."""

    month: str
    id: str
    public: bytes


def vault_folder(settings: Settings) -> Path:
    """Return where the public halves lie."""
    return settings.data / "vault"


def custodians_folder(settings: Settings) -> Path:
    """Return where a demonstration leaves its custodians' shares."""
    return settings.data / "custodians"


def find_key(settings: Settings, month: str) -> MonthKey | None:
    """Return a month's public half, None when it was never made, is damaged, or ended."""
    try:
        public = public_half(vault_folder(settings), month)
    except CustodyError:
        return None
    return MonthKey(month, key_id(public), public)


def get_current_key(*, now: datetime) -> MonthKey:
    """Return the public half of this month; raises NoVaultKeyError. A demonstration makes what it lacks."""
    settings: Settings = current_app.extensions["settings"]
    month = month_of(now)
    if settings.is_demo:
        prepare_demonstration(settings, now=now)
    key = find_key(settings, month)
    if key is None:
        raise NoVaultKeyError(missing_key(settings, month))
    return key


def require_key(settings: Settings, *, now: datetime) -> None:
    """Refuse to serve in production where nobody could leave; raises SettingsError."""
    if not settings.is_demo and find_key(settings, month_of(now)) is None:
        raise SettingsError([missing_key(settings, month_of(now))])


def missing_key(settings: Settings, month: str) -> str:
    """Say what is missing and where it comes from."""
    folder = vault_folder(settings)
    return f"There is no vault key for {month}: make it offline (flask --app app vault new-month), then put {month}.pub into {folder}."


def prepare_demonstration(settings: Settings, *, now: datetime) -> None:
    """Make this month's pair with all its shares beside it, as only a demonstration may."""
    month = month_of(now)
    if (vault_folder(settings) / f"{month}.pub").exists() or is_destroyed(settings, month):
        return
    target = custodians_folder(settings)
    # Another process that comes to it at the same moment may be first.
    with suppress(CustodyError):
        new_month(vault_folder(settings), month, name=f"vault-{month}", target=target)
        (target / "README.txt").write_text(DEMONSTRATION_ONLY, encoding="utf-8")


def mark_destroyed(settings: Settings, month: str) -> None:
    """Take a month's public half out of use for good, and a demonstration's shares with it."""
    path = vault_folder(settings) / f"{month}.pub"
    if path.exists():
        # Renamed and not removed: a backup that comes back must find that the month has ended.
        path.rename(path.with_suffix(".destroyed"))
    for share in custodians_folder(settings).glob(f"vault-{month}.share-*.txt"):
        share.unlink()


def forget_ended(settings: Settings) -> None:
    """Forget which months ended, as a demonstration that begins again does: it may make their keys anew."""
    for path in vault_folder(settings).glob("*.destroyed"):
        path.unlink()


def is_destroyed(settings: Settings, month: str) -> bool:
    """Whether a month's key has ended."""
    return (vault_folder(settings) / f"{month}.destroyed").exists()


def is_key_there(*, now: datetime) -> bool:
    """Whether somebody could leave at this moment (readiness)."""
    try:
        get_current_key(now=now)
    except NoVaultKeyError:
        return False
    return True


def is_nothing_overdue(*, now: datetime) -> bool:
    """Whether no month is kept beyond its latest date (readiness, P57)."""
    standing = select(VaultMonth.not_before, VaultMonth.not_after).where(VaultMonth.destroyed_at.is_(None))
    try:
        states = [state_of(Span(*row), destroyed_at=None, now=now) for row in db.session.execute(standing)]
    finally:
        # Asked every few seconds: the transaction that reading began would stay open.
        db.session.rollback()
    return MonthState.OVERDUE not in states
