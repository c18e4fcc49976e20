"""Marks on the ledger's rows, under a key that lies outside of the database: whoever has the database alone can make none.

The tree holds every ciphertext in its place. Whose a row is and when it was, that it was erased, and what a checkpoint's row says beside
its signed note all lie beside the tree; by the mark `verify` knows that the product wrote them so.
"""

import hmac
from datetime import UTC, datetime
from functools import lru_cache

from msewa.crypto.framing import framed
from msewa.crypto.keyring import Key, Purpose, derive
from msewa.web.keys import key_ring

SIZE = 16
Says = tuple[str | int | bytes, ...]


def entry(number: int, *, leaf: bytes, subject_id: str, at: datetime, by_other: bool) -> Says:
    """Return what an entry's row says; with its number, so that rows can not change places either."""
    # In UTC: one moment has one spelling, whatever zone it comes back in.
    return "entry", number, leaf, subject_id, at.astimezone(UTC).isoformat(), by_other


def erasure(number: int) -> Says:
    """Return what the note of an erasure says."""
    return "erasure", number


def checkpoint(note: str, *, last_number: int, made_at: datetime) -> Says:
    """Return what a checkpoint's row says."""
    return "checkpoint", note, last_number, made_at.astimezone(UTC).isoformat()


def mark(says: Says) -> bytes:
    """Return the mark of a row that says this."""
    return _mark(key_ring().active(Purpose.LEDGER), says)


def is_marked(found: bytes, says: Says) -> bool:
    """Whether the product itself wrote a row that says this, under today's key or an earlier one."""
    return any(found == _mark(key, says) for key in key_ring().living(Purpose.LEDGER))


def _mark(key: Key, says: Says) -> bytes:
    # Framed by length: joined as they are, other parts could be cut out of the same bytes.
    return hmac.digest(_secret(key), framed(*says), "sha256")[:SIZE]


# Whoever verifies a long ledger asks for it in each row.
@lru_cache(maxsize=8)
def _secret(key: Key) -> bytes:
    return derive(key, "ledger marks")
