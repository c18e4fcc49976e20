"""How a package stands, and which key a provider has."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select, union

from msewa.catalogue.queries import is_registered
from msewa.delivery.models import Package, ProviderKey
from msewa.extensions import db
from msewa.outbox.queries import find_progress
from msewa.web.errors import NoSuchRowError


class Sent(NamedTuple):
    """A package as the holding of its application tells of it."""

    application_id: str
    provider_id: str
    digest: str
    created_at: datetime
    accepted_at: datetime | None
    receipt: str | None


class PackageState(NamedTuple):
    """An application's package: `state` is waiting, accepted, recalled or attention; `digest` the SHA-256 (hex) of the payload.

    While it waits, `attempts` says how often it was tried and `next_try_at` when it is tried again.
    """

    state: str
    provider_id: str
    digest: str
    created_at: datetime
    accepted_at: datetime | None
    receipt: str | None
    attempts: int
    next_try_at: datetime | None


def get_package_state(application_id: str) -> PackageState:
    """Return how an application's package stands; raises NoSuchRowError when none was made."""
    found = find_package_state(application_id)
    if found is None:
        raise NoSuchRowError
    return found


def find_package_state(package_id: str) -> PackageState | None:
    """Return how an application's package, or a later word, stands; None when none was made."""
    columns = (Package.provider_id, Package.digest, Package.created_at, Package.accepted_at, Package.receipt)
    is_closed = Package.jwe.is_not(None).label("is_closed")
    row = db.session.execute(select(*columns, is_closed).where(Package.application_id == package_id)).first()
    if row is None:
        return None
    facts = (row.provider_id, row.digest, row.created_at, row.accepted_at, row.receipt)
    progress = find_progress("delivery.send", package_id)
    attempts = progress.attempts if progress else 0
    if row.accepted_at or not row.is_closed:
        return PackageState("accepted" if row.accepted_at else "recalled", *facts, attempts, None)
    return PackageState(progress.state if progress else "waiting", *facts, attempts, progress.due_at if progress else None)


def list_packages(application_ids: Iterable[str]) -> list[Sent]:
    """Return the packages of these applications, oldest first."""
    columns = (Package.application_id, Package.provider_id, Package.digest, Package.created_at, Package.accepted_at, Package.receipt)
    chosen = select(*columns).where(Package.application_id.in_(list(application_ids)))
    return [Sent(*row) for row in db.session.execute(chosen.order_by(Package.created_at, Package.application_id))]


def list_reached(application_ids: Iterable[str]) -> set[str]:
    """Return which of these applications their provider has or may have: accepted, or told that they were taken back."""
    ids = list(application_ids)
    accepted = select(Package.application_id).where(Package.application_id.in_(ids), Package.accepted_at.is_not(None))
    # A word that was taken back with its application told nobody anything.
    told = or_(Package.accepted_at.is_not(None), Package.jwe.is_not(None))
    followed = select(Package.concerns).where(Package.concerns.in_(ids), told)
    return set(db.session.scalars(union(accepted, followed)))


def count_waiting(provider_id: str) -> int:
    """Return how many packages a provider has still to take; what was taken back is none."""
    waiting = (Package.provider_id == provider_id, Package.accepted_at.is_(None), Package.jwe.is_not(None))
    return db.session.scalar(select(func.count()).select_from(Package).where(*waiting)) or 0


def find_active_key(provider_id: str) -> ProviderKey | None:
    """Return the key that packages for this provider are closed to now."""
    return db.session.scalars(select(ProviderKey).filter_by(provider_id=provider_id, active=True)).first()


def list_reachable() -> frozenset[str]:
    """Return which providers have a gateway here; one that is stopped is among them."""
    return frozenset(db.session.scalars(select(ProviderKey.provider_id).where(ProviderKey.active)))


def can_receive(provider_id: str) -> bool:
    """Whether an application could go to this provider now (P26)."""
    return find_active_key(provider_id) is not None and is_registered(provider_id)
