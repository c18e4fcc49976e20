"""The line above every page of a person whom a breach concerns, until she has read the notice (r. 7(1))."""

import time

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from msewa.accounts.people import Person
from msewa.accounts.rules import Role
from msewa.dpo.queries import list_unread, was_anybody_told

LOOK_AGAIN_SECONDS = 30.0


class Alerts:
    """Knows for half a minute whether any breach was told at all, so that pages cost nothing while none was."""

    def __init__(self) -> None:
        self._asked_at = float("-inf")
        self._any = False

    def __call__(self, person: Person) -> list[str]:
        """Return the numbers of the notices that this person has not read."""
        try:
            return list_unread(person.id) if person.role == Role.CITIZEN and self._was_anybody_told() else []
        except SQLAlchemyError:
            return []  # a page about a database that is away is drawn without it

    def forget(self) -> None:
        """Ask again at the next page."""
        self._asked_at = float("-inf")

    def _was_anybody_told(self) -> bool:
        # By the time the machine has run: a clock that is put back must not keep an alert from anybody.
        if time.monotonic() - self._asked_at > LOOK_AGAIN_SECONDS:
            self._any, self._asked_at = was_anybody_told(), time.monotonic()
        return self._any


def init_app(app: Flask) -> None:
    """Give every page its alerts."""
    app.extensions["alerts"] = Alerts()


def forget() -> None:
    """Let this process see at once that somebody was told."""
    current_app.extensions["alerts"].forget()
