"""How long it takes to leave after much use: 200 applications and 50 papers, sealed and erased in one transaction."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.closure.test_speed import APPLICATIONS, PAPERS, much_used, seconds_to_leave
from tests.installation import Installation

MOST, ROUNDS = 2.0, 3


def report() -> Iterator[str]:
    """Yield the median of a few departures, each of somebody of her own, on an embedded database."""
    with tempfile.TemporaryDirectory(prefix="msewa-bench-") as folder:
        installation = Installation.make("sqlite", folder=Path(folder))
        # One more than is counted: the first makes the month's key and compiles everything.
        spent = [seconds_to_leave(installation.app, much_used(installation.app)) for _ in range(1 + ROUNDS)][1:]
        installation.close()
    median = sorted(spent)[ROUNDS // 2]
    yield f"leaving with {APPLICATIONS} applications and {PAPERS} papers: {median:.2f} s of at most {MOST} ({median / MOST:.2f})"
