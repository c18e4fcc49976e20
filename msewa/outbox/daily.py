"""Work that comes back every day, kept alive by the outbox itself: each day's piece puts the next one."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from flask import Flask, current_app

from msewa.outbox import operations, worker

# Half past midnight in India: the day before is over, and few people are about.
AT = time(19, 0, tzinfo=UTC)
MADE_UP = "made up"


def every_day(app: Flask, topic: str, act: Callable[..., None], *, is_last: bool = False) -> None:
    """Let the worker call `act(now=)` once a day; it must be idempotent. After a pause, one that `is_last` waits until the rest is done."""

    def work(reference: str, *, now: datetime) -> None:
        if is_last and _is_behind(reference, now=now):
            # Due now, and so behind everything that waits since before.
            operations.put(topic, f"{MADE_UP} {now.isoformat()}", now=now)
            return
        act(now=now)
        # From the present, not from the piece at hand: after a pause of a week once is enough.
        _put_next(topic, now=now)

    worker.handle(app, topic, work)
    app.extensions.setdefault("daily", []).append(topic)


def start(*, now: datetime) -> None:
    """Put a piece of all daily work for now; where its chain goes on already, it merely runs once more."""
    for topic in current_app.extensions.get("daily", []):
        # Not under the name of the day, which the chain uses: that piece may be there already, and putting it again is nothing.
        operations.put(topic, f"begun {now.date().isoformat()}", now=now)


def _is_behind(reference: str, *, now: datetime) -> bool:
    kind, _, day = reference.rpartition(" ")
    return kind != MADE_UP and day < now.date().isoformat()


def _put_next(topic: str, *, now: datetime) -> None:
    due_at = datetime.combine(now.date(), AT)
    due_at += timedelta(days=1) if due_at <= now else timedelta()
    operations.put(topic, due_at.date().isoformat(), now=now, due_at=due_at)
