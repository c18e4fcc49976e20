"""A key ring for the tests of keys and envelopes, and the moment they all happen."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from msewa.crypto.keyring import KeyRing
from msewa.crypto.passwords import FLOOR_ITERATIONS, FLOOR_MEMORY_KIB, Argon2Cost


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 10, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def ring(tmp_path: Path, now: datetime) -> KeyRing:
    return KeyRing.create(tmp_path / "keys" / "ring.json", now=now, mode_demo=False)


@pytest.fixture(scope="session")
def cheapest() -> Argon2Cost:
    return Argon2Cost(memory_kib=FLOOR_MEMORY_KIB, iterations=FLOOR_ITERATIONS, lanes=1)
