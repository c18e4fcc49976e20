"""What may be published of a number of people: nothing below the threshold, a little noise bound to the cell, and rounding (P43).

The noise follows from who is counted (cell keys, as statistical offices use them): every record has a secret random number, a cell's key
is their sum, and the key picks the noise. The same people in the same table give the same answer however often it is asked, so that asking
again averages nothing away; one person more gives another key and so other noise, and the difference of two answers tells nothing of her.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from msewa.crypto.framing import framed

INDIA = timezone(timedelta(hours=5, minutes=30))
# Beside the noise: rounding alone would tell of one person more at each border, and noise alone would read like an exact count.
ROUNDED_TO = 5
NOISE_STEPS = 3
KEY_BYTES = 16
By = Literal["service", "category", "provider", "language"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures: the question it answers, what it counts people by, and its threshold."""

    id: str
    by: By
    threshold: int
    name: Mapping[str, str]
    question: Mapping[str, str]


@dataclass(slots=True)
class Cell:
    """People who were counted together: how many, and the sum of their record keys."""

    people: int = 0
    key: int = 0

    def add(self, record_key: int) -> None:
        """Count one more."""
        self.people += 1
        self.key = (self.key + record_key) % (1 << 8 * KEY_BYTES)


def record_key(secret: bytes, record_id: str, *, table_id: str) -> int:
    """Return the number that stands for one record in every cell of one table.

    In another table it is another number. Were it the same, a subject and its only busy service would read alike just as long as
    nobody at all asked for the subject's rare service, and their difference would tell of the first who did.
    """
    return int.from_bytes(hmac.digest(secret, framed("record", table_id, record_id), "sha256")[:KEY_BYTES])


def noise(secret: bytes, cell: Cell) -> int:
    """Return what is added to a cell, -6 to 6, near nought more often: the sum of two throws that its key decides."""
    thrown = hmac.digest(secret, b"cell|" + cell.key.to_bytes(KEY_BYTES), "sha256")
    sides = 2 * NOISE_STEPS + 1
    # Eight bytes for each throw: what the remainder favours is then less than one in 2**61.
    return sum(int.from_bytes(part) % sides - NOISE_STEPS for part in (thrown[:8], thrown[8:16]))


def published(cell: Cell, *, secret: bytes, threshold: int) -> int | None:
    """Return the number to show for a cell; None reads "fewer than the threshold", nought included."""
    if cell.people < threshold:
        return None
    shown = ROUNDED_TO * round((cell.people + noise(secret, cell)) / ROUNDED_TO)
    # What noise carried below the threshold is not shown either: it would read like a count of a few.
    return shown if shown >= threshold else None


def month_of(moment: datetime) -> str:
    """Return the month in India, such as 2026-11."""
    return moment.astimezone(INDIA).strftime("%Y-%m")


def bounds(month: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month in India, and the first after it."""
    begins = datetime.strptime(month, "%Y-%m").replace(tzinfo=INDIA)
    # 32 days from a first always end in the next month.
    return begins, (begins + timedelta(days=32)).replace(day=1)


def shown_month(month: str) -> str:
    """Write a month as people read it: 10/2026."""
    year, number = month.split("-")
    return f"{number}/{year}"


def next_month(month: str) -> str:
    """Return the month after."""
    return month_of(bounds(month)[1])
