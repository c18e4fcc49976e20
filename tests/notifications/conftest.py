"""What tests of messages share: somebody to write to, a courier that remembers, and a queue of news."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask

from msewa.consents.announcing import announce
from msewa.consents.operations import choose
from msewa.extensions import db, writing
from msewa.notifications.gateway import Letter
from msewa.notifications.promotion import stop_link
from msewa.outbox.worker import run_due
from tests.people import Somebody, somebody

PAGE = "https://msewa.example.org/schemes"


@dataclass
class RecordingCourier:
    """Takes letters in memory; raises `trouble` if there is any."""

    trouble: Exception | None = None
    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        """Take one letter."""
        if self.trouble:
            raise self.trouble
        self.letters.append(letter)


@pytest.fixture
def harjinder(app: Flask) -> Somebody:
    return somebody(app, email="harjinder@example.org")


@pytest.fixture
def courier(app: Flask) -> Iterator[RecordingCourier]:
    usual, app.extensions["courier"] = app.extensions["courier"], RecordingCourier()
    yield app.extensions["courier"]
    app.extensions["courier"] = usual


def allow(person: Somebody, *purposes: str, event: str = "given") -> None:
    """Let somebody say yes (or `event`) to each of these."""
    app = person.app
    with app.app_context(), writing():
        for purpose in purposes:
            choose(person.subject(), purpose, event, language="en", actor=person.actor, now=app.extensions["clock"].now())
        db.session.commit()


def queue(person: Somebody, topic: str = "newsletter") -> int:
    """Announce something to everybody; return how many messages that makes."""
    app = person.app
    with app.app_context(), writing():
        count = sum(announce("news", topic=topic, page=PAGE, now=app.extensions["clock"].now()))
        db.session.commit()
    return count


def work(app: Flask) -> None:
    """Let the worker do what is due."""
    with app.app_context():
        run_due(now=app.extensions["clock"].now())


def stop_path(person: Somebody, *, topic: str = "newsletter", channel: str = "sms") -> str:
    """Return the path of the link that ends a topic over a channel."""
    with person.app.app_context():
        link = stop_link(person.id, topic=topic, channel=channel, now=person.app.extensions["clock"].now())
    return "/" + link.split("/", 3)[3]
