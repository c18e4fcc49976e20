"""Putting work into the outbox, and doing it: leased, fenced, tried again, never dropped."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, Select, Update, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from msewa.egress import OutsideError
from msewa.extensions import db, writing
from msewa.outbox.models import OutboxItem
from msewa.outbox.rules import LEASE, needs_attention, next_try_at
from msewa.web import journal


class Errand(NamedTuple):
    """Work that speaks with the outside: no transaction is open meanwhile, so that a slow answer holds up nobody.

    `pack(reference, now=)` reads what to say (None: nothing to say any more); `call(parcel)` says it and returns the outcome;
    `note(reference, outcome, now=)` writes the outcome (None when nothing was said). After a crash all three run again.
    """

    pack: Callable[..., Any]
    call: Callable[[Any], Any]
    note: Callable[..., None]


Handler = Callable[..., None] | Errand


class TryLaterError(Exception):
    """The outside is not ready; the work stays and is tried again."""


class Lease(NamedTuple):
    """A piece of work taken for a while; `fence` refuses a holder whose lease has passed to another."""

    id: int
    topic: str
    reference: str
    fence: int
    attempts: int
    created_at: datetime


def put(topic: str, reference: str, *, now: datetime, due_at: datetime | None = None) -> None:
    """Have `topic`'s handler called with `reference` after this transaction commits; the same pair twice is once."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    # Its 30 days of trying begin when it is due: work that was put off for a month is not given up at its first fault.
    due_at = due_at or now
    row = {"topic": topic, "reference": reference, "created_at": due_at, "due_at": due_at, "state": "waiting"}
    db.session.execute(dialect.insert(OutboxItem).values(**row, fence=0, attempts=0, error="").on_conflict_do_nothing())


def drop(topic: str, reference: str) -> None:
    """Take back work that is not wanted any more."""
    drop_all(topic, [reference])


def drop_all(topic: str, references: Iterable[str]) -> None:
    """Take back every piece of a topic about these references, done ones too: nothing shall tell that there was any."""
    db.session.execute(delete(OutboxItem).where(OutboxItem.topic == topic, OutboxItem.reference.in_(list(references))))


def hold_untried(topic: str, references: Iterable[str]) -> set[str]:
    """Lock the work about these references; return those that no worker has ever taken."""
    chosen = select(OutboxItem.reference, OutboxItem.fence).where(OutboxItem.topic == topic, OutboxItem.reference.in_(list(references)))
    # In one order, so that two who lock the same rows never wait for each other.
    return {row.reference for row in db.session.execute(chosen.order_by(OutboxItem.id).with_for_update()) if row.fence == 0}


def hasten(topic: str, references: Iterable[str]) -> None:
    """Make waiting work due at once, oldest first: its other end is known to answer again."""
    waiting = (OutboxItem.topic == topic, OutboxItem.reference.in_(list(references)), OutboxItem.state == "waiting")
    # Only what has failed before: work that was put off on purpose keeps its day.
    db.session.execute(update(OutboxItem).where(*waiting, OutboxItem.attempts > 0).values(due_at=OutboxItem.created_at))


def revive_these(topic: str, references: Select[str], *, now: datetime) -> None:
    """Let work about these references that needs a person's attention be tried again, before what came later."""
    stuck = (OutboxItem.topic == topic, OutboxItem.reference.in_(references), OutboxItem.state == "attention")
    # The right sides are read before the row changes: it is due since it came, and its 30 days count from now.
    values = {"state": "waiting", "created_at": now, "due_at": OutboxItem.created_at, "attempts": 0}
    db.session.execute(update(OutboxItem).where(*stuck).values(**values))


def revive(*, now: datetime) -> int:
    """Let everything that needs a person's attention be tried for another 30 days; return how many pieces."""
    # `created_at` too: the 30 days count from it, and the next fault would end them at once.
    values = {"state": "waiting", "created_at": now, "due_at": now, "attempts": 0}
    stuck = update(OutboxItem).where(OutboxItem.state == "attention").values(**values)
    return cast("CursorResult[Any]", db.session.execute(stuck)).rowcount


def lease_next(*, now: datetime, topic: str | None = None) -> Lease | None:
    """Take the work (of `topic`) that is due longest; several workers never take the same (SKIP LOCKED on PostgreSQL)."""
    # Asked by a mere read first: a worker that finds nothing, second after second, must not take SQLite's one write lock.
    is_any_due = db.session.execute(_due(now=now, topic=topic)).first() is not None
    db.session.rollback()
    return _take(now=now, topic=topic) if is_any_due else None


def _take(*, now: datetime, topic: str | None) -> Lease | None:
    with writing():
        item = db.session.scalars(_due(now=now, topic=topic).with_for_update(skip_locked=True)).first()
        if item is None:
            # Another worker took it between the look and the lock.
            db.session.rollback()
            return None
        # From here on whoever held it before can tick nothing off.
        item.fence += 1
        item.lease_until = now + LEASE
        lease = Lease(item.id, item.topic, item.reference, item.fence, item.attempts, item.created_at)
        db.session.commit()
    return lease


def _due(*, now: datetime, topic: str | None) -> Select[OutboxItem]:
    free = or_(OutboxItem.lease_until.is_(None), OutboxItem.lease_until <= now)
    due = select(OutboxItem).where(OutboxItem.state == "waiting", OutboxItem.due_at <= now, free)
    if topic is not None:
        due = due.where(OutboxItem.topic == topic)
    return due.order_by(OutboxItem.due_at, OutboxItem.id).limit(1)


def perform(lease: Lease, *, handlers: dict[str, Handler], now: datetime) -> bool:
    """Do leased work in one transaction with its being ticked off; on a fault set the next try. True when done."""
    try:
        handler = handlers[lease.topic]
        outcome = _speak(handler, lease, now=now) if isinstance(handler, Errand) else None
        with writing():
            if isinstance(handler, Errand):
                handler.note(lease.reference, outcome, now=now)
            else:
                handler(lease.reference, now=now)
            # Work that took itself away (an account that ended) is done as well, though there is no row to tick off.
            done = _settle(lease, state="done", lease_until=None, attempts=lease.attempts + 1, error="") or _is_gone(lease)
            # Whose lease has passed to another leaves nothing behind: the other does all of it again.
            db.session.commit() if done else db.session.rollback()
    except Exception as error:  # the worker must outlive any fault of a handler
        db.session.rollback()
        _postpone(lease, error=_kind_of(error), now=now)
        return False
    return done


def _speak(errand: Errand, lease: Lease, *, now: datetime) -> Any:
    """Say what is to be said, with no transaction open."""
    parcel = errand.pack(lease.reference, now=now)
    # Reading has opened a transaction; left open, it would last as long as the other end is silent.
    db.session.rollback()
    return None if parcel is None else errand.call(parcel)


def _postpone(lease: Lease, *, error: str, now: datetime) -> None:
    attempts = lease.attempts + 1
    state = "attention" if needs_attention(created_at=lease.created_at, now=now) else "waiting"
    # The number and not the reference, which may be the id of a person.
    journal.event("work_failed", topic=lease.topic, item=lease.id, attempts=attempts, error=error)
    with writing():
        _settle(lease, state=state, lease_until=None, attempts=attempts, error=error, due_at=next_try_at(attempts=attempts, now=now))
        db.session.commit()


def _kind_of(error: Exception) -> str:
    # The message of any other fault may quote what was being sent.
    kind = type(error).__name__
    return f"{kind}: {error.reason}" if isinstance(error, OutsideError) else kind


def _is_gone(lease: Lease) -> bool:
    """Whether the work took itself away, with everything else of whom it was about."""
    # By what it is about: SQLite gives the number of a row that went to the next one that comes.
    same = (OutboxItem.topic == lease.topic, OutboxItem.reference == lease.reference)
    return db.session.scalar(select(OutboxItem.id).where(*same)) is None


def _settle(lease: Lease, **values: Any) -> bool:
    """Write the outcome only while the lease is still ours (fencing token)."""
    statement: Update = update(OutboxItem).where(OutboxItem.id == lease.id, OutboxItem.fence == lease.fence).values(**values)
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1
