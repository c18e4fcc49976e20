"""When a failed piece of work is tried again: 1 minute doubling to 6 hours, for 30 days, then it needs a person."""

import random
from datetime import datetime, timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=30)
# Far longer than a call to the outside may take: nobody else sets out with work that is still being done.
LEASE = timedelta(minutes=5)
# Work that is due for so long, and messages that go out in vain for so long, are not just held up.
LATE = timedelta(minutes=5)


def next_try_at(*, attempts: int, now: datetime) -> datetime:
    """Return when to try again after `attempts` failures (1 or more), with up to a tenth of jitter."""
    pause = min(FIRST * 2 ** min(attempts - 1, 16), LONGEST)
    return now + pause * (1 + random.random() / 10)  # noqa: S311 - spreads load, guards nothing


def needs_attention(*, created_at: datetime, now: datetime) -> bool:
    """Whether the work has failed for so long that a person must look; it is never dropped."""
    return now - created_at >= GIVE_UP_AFTER
