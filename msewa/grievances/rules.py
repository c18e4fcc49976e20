"""Where a complaint stands, what it may be about, and how long an answer may take."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

ANSWER_WITHIN = timedelta(days=90)  # r. 14(3) of the rules of 2025: at most this
MOST_OPEN = 50
LONGEST_TEXT = 4000
ABOUT = re.compile(r"(look|application|choice):([A-Za-z0-9._-]{1,60})|data|general")


class State(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    LOOKING = "looking"
    ANSWERED = "answered"
    CLOSED = "closed"
    ESCALATED = "escalated"


class Topic(StrEnum):
    """What a complaint may be about."""

    LOOK = "look"
    APPLICATION = "application"
    CHOICE = "choice"
    DATA = "data"
    GENERAL = "general"
    CORRECTION = "correction"


class About(NamedTuple):
    """A topic, and the number or name of the one thing meant (empty for topics that name none)."""

    topic: Topic
    key: str = ""

    def __str__(self) -> str:
        return f"{self.topic}:{self.key}" if self.key else str(self.topic)


MAY_TAKE = frozenset({State.RECEIVED})
MAY_ANSWER = frozenset({State.RECEIVED, State.LOOKING, State.ESCALATED})
MAY_CLOSE = frozenset({State.ANSWERED})
# What is closed is nobody's work any more, and so no reason to look (P47).
MAY_OPEN = frozenset(State) - {State.CLOSED}
WAITING = frozenset({State.RECEIVED, State.LOOKING})


def read_about(text: str) -> About | None:
    """Return what `look:17`, `application:K7M4-TXQ9`, `choice:digest`, `data` or `general` names; None for anything else."""
    if ABOUT.fullmatch(text) is None:
        return None
    topic, _, key = text.partition(":")
    return About(Topic(topic), key)


def is_overdue(*, due_at: datetime, answered_at: datetime | None, state: str, now: datetime) -> bool:
    """Whether no answer came within the time."""
    return answered_at is None and state != State.CLOSED and now > due_at


def may_escalate(state: str, *, overdue: bool) -> bool:
    """Whether the Data Protection Board is the next step: after an answer that does not satisfy, or none in time."""
    return state in (State.ANSWERED, State.CLOSED) or (overdue and state in WAITING)
