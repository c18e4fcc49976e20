"""The erasure ledger: that an account was erased, by a keyed hash of its random id, so that no restored backup brings it back.

It lies twice: in the database, and in an append-only file beside it (`erasures.log`), which is newer than any backup. A restore reads both
the backup's own and the file, and erases again before anything is served.
"""

import hmac
import os
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from msewa.closure.models import Erasure
from msewa.config import Settings
from msewa.crypto.keyring import Key, Purpose, derive
from msewa.extensions import db
from msewa.outbox import operations as outbox
from msewa.web.keys import key_ring

NAME = "erasures.log"
TOPIC = "closure.write_down"


def mark_of(account_id: str, *, key: Key) -> bytes:
    """Return the mark of an account under a backup key: it tells nothing of the person, and no more than that it is the same id."""
    return hmac.digest(derive(key, "erasures"), account_id.encode(), "sha256")


def note(account_id: str, *, now: datetime) -> bytes:
    """Note in this transaction that an account is erased; return its mark. The file follows after the commit."""
    mark = mark_of(account_id, key=key_ring().active(Purpose.BACKUP))
    add(mark, erased_at=now)
    outbox.put(TOPIC, mark.hex(), now=now)
    return mark


def add(mark: bytes, *, erased_at: datetime) -> None:
    """Enter a mark; a mark that stands there stays as it is."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(Erasure).values(mark=mark, erased_at=erased_at).on_conflict_do_nothing())


def write_down(reference: str, *, now: datetime) -> None:
    """Append a committed mark (hex) to the file and have it on disk before this returns; twice is as good as once."""
    erased_at = db.session.scalar(select(Erasure.erased_at).where(Erasure.mark == bytes.fromhex(reference)))
    if erased_at is None:
        return
    settings: Settings = current_app.extensions["settings"]
    descriptor = os.open(settings.data / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{erased_at.isoformat()} {reference}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_file(path: Path) -> Iterator[tuple[bytes, datetime]]:
    """Yield every mark of a file with its moment."""
    if path.exists():
        yield from read_lines(path.read_text(encoding="ascii"))


def read_lines(text: str) -> Iterator[tuple[bytes, datetime]]:
    """Yield every mark with its moment; half a line at the end (a crash) is passed over."""
    for line in text.splitlines():
        moment, _, mark = line.partition(" ")
        if len(mark) == 64:
            yield bytes.fromhex(mark), datetime.fromisoformat(moment)


def find_mark(account_id: str, *, marks: Collection[bytes]) -> bytes | None:
    """Return the mark under which an account stands among these, by the backup key of today or an earlier one; None when it does not."""
    return next((mark for key in key_ring().living(Purpose.BACKUP) if (mark := mark_of(account_id, key=key)) in marks), None)
