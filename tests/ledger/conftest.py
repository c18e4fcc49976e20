"""What tests of the ledger share: a transaction that is rolled back, two subjects, and rows under a checkpoint."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from msewa.crypto.wrapping import new_data_key
from msewa.extensions import db, writing
from msewa.ledger.operations import checkpoint, record
from msewa.ledger.rules import Actor, Kind, SubjectKey

NOW = datetime(2026, 10, 2, 9, 30, tzinfo=UTC)
OFFICER = Actor(Kind.OFFICER, "c" * 32, "health")


@pytest.fixture
def room(app: Flask) -> Iterator[Flask]:
    with app.app_context(), writing():
        yield app
        db.session.rollback()


@pytest.fixture
def her() -> SubjectKey:
    return SubjectKey("a" * 32, new_data_key())


@pytest.fixture
def him() -> SubjectKey:
    return SubjectKey("b" * 32, new_data_key())


@pytest.fixture
def signed(room: Flask, her: SubjectKey, him: SubjectKey) -> list[int]:
    """Return the numbers of eleven rows of two people under two checkpoints, the last five of them under the second alone."""
    numbers = [write(subject) for subject in (her, him, her, her, him, her)]
    checkpoint(NOW)
    numbers += [write(subject) for subject in (him, her, him, her, her)]
    checkpoint(NOW)
    return numbers


def write(subject: SubjectKey) -> int:
    """Leave a row about `subject`."""
    return record("file.opened", subject=subject, actor=OFFICER, now=NOW, about="PB-7", fields={"mobile"}, reason="verification")
