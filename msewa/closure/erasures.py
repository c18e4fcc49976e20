"""The erasure ledger: that an account was erased, by a keyed hash of its random id, so that no restored backup brings it back.

It lies twice: in the database, and in an append-only file beside it (`erasures.log`), which is newer than any backup. A restore reads both
the backup's own and the file, and erases again before anything is served.
"""

import errno
import hmac
import os
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

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
LINE = re.compile(r"(\S+\+00:00) ([0-9a-f]{64}) ([0-9a-f]{16})")


class Log(NamedTuple):
    """Who has left, by mark, and why that may not be all of them; "" when nothing speaks for it."""

    marks: dict[bytes, datetime]
    fault: str


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
    """Append marks to this installation's file, with the id of the youngest backup key: whoever reads them needs a ring that has it."""
    settings: Settings = current_app.extensions["settings"]
    key_id = key_ring().active(Purpose.BACKUP).id
    # Each begins on a line of its own, also where a crash has left half of another.
    lines = "".join(f"\n{erased_at.isoformat()} {mark.hex()} {key_id}\n" for mark, erased_at in marks.items()).encode()
    descriptor = os.open(settings.data / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.write(descriptor, lines) < len(lines):
            raise OSError(errno.ENOSPC, "the disk is full")
        # On disk before the outbox ticks it off: after that nobody would write it again.
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_log(path: Path) -> Log:
    """Return what the file of an installation says."""
    if not path.exists():
        return Log({}, f"There is no {NAME} beside this installation.")
    # A damaged byte makes a line that is no line, and is told as such.
    return read_lines(path.read_text(encoding="ascii", errors="replace"))


def read_lines(text: str) -> Log:
    """Return every mark with its moment, and what is wrong with the lines.

    Half a line that a crash left is passed over where the whole one follows: what was not written to its end was written again.
    """
    lines = [line for line in text.splitlines() if line]
    whole = {line: found for line in lines if (found := _read_line(line))}
    cut = [line for line in lines if line not in whole and not any(one.startswith(line) for one in whole)]
    known = {entry.key.id for entry in key_ring().entries}
    fault = f"A line of {NAME} is cut off, or was changed." if cut else ""
    if not known.issuperset(key_id for _, _, key_id in whole.values()):
        fault = f"{NAME} goes on under a backup key that is not in this key ring: lay the newest key ring here, too."
    return Log({mark: moment for mark, moment, _ in whole.values()}, fault)


def _read_line(line: str) -> tuple[bytes, datetime, str] | None:
    found = LINE.fullmatch(line)
    try:
        return (bytes.fromhex(found[2]), datetime.fromisoformat(found[1]), found[3]) if found else None
    except ValueError:
        return None


def find_mark(account_id: str, *, marks: Collection[bytes]) -> bytes | None:
    """Return the mark under which an account stands among these, by the backup key of today or an earlier one; None when it does not."""
    return next((mark for key in key_ring().living(Purpose.BACKUP) if (mark := mark_of(account_id, key=key)) in marks), None)
