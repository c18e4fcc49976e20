"""Keys: the ring is whole and private, and what it wraps opens."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from msewa.crypto.keyring import KeyRing, KeyRingError
from msewa.crypto.wrapping import WrapError
from msewa.extensions import db
from msewa.upkeep.operations import HOLDERS, Holder
from msewa.web.keys import key_ring, key_wrapper

# One lost wrapping key closes every row, so that a few rows tell.
SAMPLE = 20


def find_ring_faults(now: datetime) -> list[str]:
    """Read the key ring's file anew: it is there, whole, and nobody else may read it."""
    # Read anew: the keys in memory go on working when their file has been lost or laid open.
    try:
        KeyRing.load(key_ring().path)
    except KeyRingError as error:
        return [str(error)]
    return []


def find_unopenable_keys(now: datetime) -> list[str]:
    """Unwrap a few data keys of every table that holds some; nothing is opened with them."""
    return [f"{holder.model.__tablename__}.{holder.column}: a data key does not open." for holder in HOLDERS if not _all_open(holder)]


def _all_open(holder: Holder) -> bool:
    wrapper = key_wrapper()
    try:
        for row_id, wrapped in _some(holder):
            wrapper.unwrap(wrapped, subject=row_id)
    except WrapError:
        return False
    return True


def _some(holder: Holder) -> Iterator[tuple[str, bytes]]:
    row: Any = holder.model
    wrapped = getattr(row, holder.column)
    for found in db.session.execute(select(row.id, wrapped).where(wrapped.is_not(None)).order_by(row.id.desc()).limit(SAMPLE)):
        yield found[0], found[1]
