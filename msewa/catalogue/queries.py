"""Questions about the catalogue."""

import json
import threading
import time
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from msewa.catalogue.models import CatalogueDefinition, CatalogueList, CatalogueProvider, CatalogueRelease
from msewa.catalogue.rules import Definition, Provider
from msewa.catalogue.snapshot import Catalogue, read_catalogue, read_release, to_definition
from msewa.extensions import db
from msewa.web.errors import NoSuchRowError

# Counted on the monotonic clock: a demonstration's may be moved.
LOOK_AGAIN_AFTER = 2.0  # seconds; a new release is seen by every process within this
STOPS = "stops"  # the list of providers that the operator has stopped
_loading = threading.Lock()


def catalogue() -> Catalogue:
    """Return the catalogue in memory."""
    held: tuple[Catalogue, float] | None = current_app.extensions.get("catalogue")
    if held and time.monotonic() < held[1]:
        return held[0]
    with _loading:
        held = current_app.extensions.get("catalogue")
        if held and time.monotonic() < held[1]:  # another thread has just looked
            return held[0]
        known = _newest(held[0] if held else None)
        current_app.extensions["catalogue"] = (known, time.monotonic() + LOOK_AGAIN_AFTER)
    return known


def _newest(held: Catalogue | None) -> Catalogue:
    """Return `held` unless a newer release is there; with the database away it serves on."""
    is_first_question = not db.session().in_transaction()
    try:
        return held if held and held.release == read_release() else read_catalogue()
    except (DBAPIError, PoolTimeoutError):
        # What was written before in the same transaction is lost with it, and must not look as if it were kept.
        if held is None or not is_first_question:
            raise
        db.session.rollback()
        return held


def is_loaded() -> bool:
    """Whether there is a catalogue to serve, in memory or in the tables: without one, no page is there."""
    if "catalogue" in current_app.extensions:
        return True
    try:
        return db.session.scalar(select(CatalogueRelease.number)) is not None
    except (DBAPIError, PoolTimeoutError):
        return False
    finally:
        db.session.rollback()


def get_service(service_id: str) -> Definition:
    """Return the live definition of a service; NoSuchRowError when there is none."""
    try:
        return catalogue().services[service_id]
    except KeyError:
        raise NoSuchRowError(service_id) from None


def get_definition(service_id: str, version: int) -> Definition:
    """Return the definition an application was made under, live or not."""
    live = catalogue().services.get(service_id)
    if live and live.version == version:
        return live
    # Not kept in memory: only applications of an older version ask for one.
    row = db.session.execute(
        select(CatalogueDefinition.digest, CatalogueDefinition.content).filter_by(service_id=service_id, version=version)
    ).first()
    if row is None:
        raise NoSuchRowError(service_id)
    return to_definition(json.loads(row.content), version=version, digest=row.digest)


def get_provider(provider_id: str) -> Provider:
    """Return a provider of the public register; NoSuchRowError when there is none."""
    try:
        return catalogue().providers[provider_id]
    except KeyError:
        raise NoSuchRowError(provider_id) from None


def get_scheme(scheme_id: str) -> dict[str, Any]:
    """Return a scheme as it is on record; NoSuchRowError when there is none."""
    try:
        return catalogue().schemes[scheme_id]
    except KeyError:
        raise NoSuchRowError(scheme_id) from None


def is_registered(provider_id: str) -> bool:
    """Ask the database, not memory, whether a provider may receive anything now (P26)."""
    return bool(db.session.scalar(select(CatalogueProvider.is_registered).where(CatalogueProvider.id == provider_id)))


def list_stops() -> dict[str, str]:
    """Return which providers the operator has stopped, and why."""
    kept = db.session.scalar(select(CatalogueList.content).where(CatalogueList.name == STOPS))
    return json.loads(kept) if kept else {}
