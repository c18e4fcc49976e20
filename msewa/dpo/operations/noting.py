"""The officer's own ledger: whatever she does stands there, too."""

from datetime import datetime
from typing import Protocol

from msewa.ledger.operations import record
from msewa.ledger.rules import Actor


class Officer(Protocol):
    """Somebody at the console: a ledger subject, and who acts."""

    @property
    def id(self) -> str:
        """The account's id."""
        ...

    @property
    def key(self) -> bytes:
        """The account's data key."""
        ...

    @property
    def actor(self) -> Actor:
        """Who acts."""
        ...


def note(act: str, *, officer: Officer, now: datetime, about: str = "", reason: str = "") -> None:
    """Put an act of the console on the officer's own ledger."""
    record(act, subject=officer, actor=officer.actor, now=now, about=about, reason=reason)
