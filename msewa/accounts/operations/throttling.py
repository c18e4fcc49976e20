"""Counting tries in the database, so that neither a restart nor a second process forgets them."""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from msewa.accounts.models import Throttle
from msewa.accounts.rules import FORGET_TRIES_AFTER, MOST_FAILURES, wait_after
from msewa.crypto.framing import framed
from msewa.crypto.keyring import Purpose, derive
from msewa.extensions import db
from msewa.web import form_keys
from msewa.web.keys import key_ring


class TooManyTriesError(Exception):
    """No more tries for now; `until` says when again, None when only another way in is left."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__("too many tries")
        self.until = until


def bucket_of(*parts: str) -> bytes:
    """Return the bucket of what is counted, such as a purpose, a number and a device: a keyed hash."""
    return hmac.digest(derive(key_ring().active(Purpose.INDEX), "throttle"), framed(*parts), "sha256")


def take_try(bucket: bytes, *, now: datetime, most: int = MOST_FAILURES, forget_after: timedelta | None = None) -> None:
    """Count a try before it is made, so that tries at the same moment can't pass together; TooManyTriesError when it must wait.

    Two taps on one form are one try.
    """
    if form_keys.is_same_try():
        return
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    made = dialect.insert(Throttle).values(bucket=bucket, tries=0, tried_at=now)
    # Made and held in one step: two first tries must not count as one, and a right one may forget the count between two steps.
    held = made.on_conflict_do_update(index_elements=[Throttle.bucket], set_={"tries": Throttle.tries})
    row = db.session.execute(held.returning(Throttle.tries, Throttle.blocked_until, Throttle.tried_at)).one()
    is_old = forget_after is not None and now - row.tried_at >= forget_after
    tries = 0 if is_old else row.tries
    if tries >= most:
        raise TooManyTriesError(None)
    if row.blocked_until is not None and row.blocked_until > now:
        raise TooManyTriesError(row.blocked_until)
    pause = wait_after(tries + 1)
    blocked_until = now + pause if pause else None
    values = {"tries": tries + 1, "blocked_until": blocked_until, "tried_at": now}
    db.session.execute(update(Throttle).where(Throttle.bucket == bucket).values(**values))


def clear(bucket: bytes) -> None:
    """Forget the tries of a bucket: one was right."""
    db.session.execute(delete(Throttle).where(Throttle.bucket == bucket))


def sweep(*, now: datetime) -> None:
    """Forget buckets that nobody has tried for long."""
    db.session.execute(delete(Throttle).where(Throttle.tried_at <= now - FORGET_TRIES_AFTER))
