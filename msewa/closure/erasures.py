"""The erasure ledger: that an account was erased, by a keyed hash of its random id, so that no restored backup brings it back.

It lies twice: in the database, and in a file beside it (`erasure_log`), which is newer than any backup. A restore reads both the backup's
own and the file, and erases again before anything is served.
"""

import hmac
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from msewa.closure import erasure_log
from msewa.closure.erasure_log import Log
from msewa.closure.models import Erasure
from msewa.config import Settings
from msewa.crypto.keyring import Key, Purpose, derive
from msewa.extensions import db
from msewa.outbox import operations as outbox
from msewa.web.keys import key_ring

TOPIC = "closure.write_down"


def mark_of(account_id: str, *, key: Key) -> bytes:
    """Return the mark of an account under a backup key: it tells nothing of the person, and no more than that it is the same id."""
    return hmac.digest(derive(key, "erasures"), account_id.encode(), "sha256")


def note(account_id: str, *, now: datetime) -> bytes:
    """Note in this transaction that an account is erased; return its mark. The file follows after the commit."""
    mark = mark_of(account_id, key=key_ring().active(Purpose.BACKUP))
    add(mark, erased_at=now)
    # Never before: a line for an erasure that was rolled back would erase somebody who stayed, at the next restore.
    outbox.put(TOPIC, mark.hex(), now=now)
    return mark


def add(mark: bytes, *, erased_at: datetime) -> None:
    """Enter a mark; a mark that stands there stays as it is."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(Erasure).values(mark=mark, erased_at=erased_at).on_conflict_do_nothing())


def write_down(reference: str, *, now: datetime) -> None:
    """Append a committed mark (hex) to the file and have it on disk before this returns; twice is as good as once. Raises OSError."""
    erased_at = db.session.scalar(select(Erasure.erased_at).where(Erasure.mark == bytes.fromhex(reference)))
    if erased_at is None:
        return
    append({bytes.fromhex(reference): erased_at})


def append(marks: Mapping[bytes, datetime]) -> None:
    """Append marks to this installation's file; one that was spoilt, or is not there, is written anew with all that the database knows."""
    erasure_log.append(_folder(), marks, keys=_keys(), everybody=list_marks)


def read_log() -> Log:
    """Return what the file of this installation says."""
    return erasure_log.read_log(_folder(), keys=_keys())


def list_marks() -> dict[bytes, datetime]:
    """Return everybody who has left, as the database knows it."""
    return {row.mark: row.erased_at for row in db.session.execute(select(Erasure.mark, Erasure.erased_at))}


def _folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.data


def _keys() -> list[Key]:
    return key_ring().living(Purpose.BACKUP)


def find_mark(account_id: str, *, marks: Collection[bytes]) -> bytes | None:
    """Return the mark under which an account stands among these, by the backup key of today or an earlier one; None when it does not."""
    return next((mark for key in _keys() if (mark := mark_of(account_id, key=key)) in marks), None)
