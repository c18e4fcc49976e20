"""Where an application stands, and the limits of what one person may begin and add."""

import hashlib
from datetime import timedelta
from enum import StrEnum

MOST_DRAFTS = 500
# So many of the largest fit into one request.
PAPERS_AT_ONCE = 3
PAGE_SIZE = 20
REVIEWS_KEPT = 5
UNSAVED_KEPT = timedelta(days=1)


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


def withdrawal_id(application_id: str) -> str:
    """Return the id under which an office is told that an application was taken back: one for each, however often it is tried."""
    return hashlib.sha256(f"withdrawal of {application_id}".encode()).hexdigest()[:32]
