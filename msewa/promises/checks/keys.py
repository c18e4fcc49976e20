"""Keys: the ring is whole and private, and what it wraps opens."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import select

from msewa.crypto.keyring import KeyRing, KeyRingError
from msewa.crypto.wrapping import WrapError
from msewa.promises.checks.sampling import some
from msewa.upkeep.operations import HOLDERS, Holder
from msewa.web.keys import key_ring, key_wrapper

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
    wrapper, row = key_wrapper(), cast(Any, holder.model)
    column = getattr(row, holder.column)
    try:
        for row_id, wrapped in some(select(row.id, column).where(column.is_not(None)), by=row.id, most=SAMPLE):
            wrapper.unwrap(wrapped, subject=row_id)
    except WrapError:
        return False
    return True
