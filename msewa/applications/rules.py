"""Where an application stands, and the limits of what one person may begin and add."""

from enum import StrEnum

MOST_DRAFTS = 500
MOST_PAPERS = 10
PAGE_SIZE = 20
REVIEWS_KEPT = 5


class State(StrEnum):
    """Where an application stands; it only ever moves on."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Event(StrEnum):
    """What happened to an application, for its track."""

    SUBMITTED = "submitted"
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


class Source(StrEnum):
    """Where an answer comes from."""

    PROFILE = "profile"
    TYPED = "typed"
    DOCUMENT = "document"


OPEN = frozenset({State.SUBMITTED, State.RECEIVED})


def may_withdraw(state: str) -> bool:
    """Whether an application is with an office that has not finished it."""
    return state in OPEN
