"""How long a proof takes at a million leaves, and a page of looks among five thousand."""

import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from msewa.crypto.wrapping import new_data_key
from msewa.extensions import db, writing
from msewa.ledger.models import LedgerLeaf
from msewa.ledger.operations import checkpoint, record
from msewa.ledger.queries import list_looks, prove
from msewa.ledger.rules import Actor, Kind, SubjectKey
from tests.installation import Installation

LEAVES, LOOKS, TRIES = 1_000_000, 5_000, 500
PROOF_MOST, PAGE_MOST = 5.0, 10.0
NOW = datetime(2026, 11, 1, tzinfo=UTC)
OFFICER = Actor(Kind.OFFICER, "c" * 32, "bdpo")


def report(*, leaves: int = LEAVES) -> Iterator[str]:
    """Yield a line for each measure, on an embedded database of their own."""
    with tempfile.TemporaryDirectory(prefix="msewa-bench-") as folder:
        installation = Installation.make("sqlite", folder=Path(folder))
        with installation.app.app_context():
            her = _fill(leaves)
            numbers = [1 + secrets.randbelow(leaves) for _ in range(TRIES)]
            yield _line(f"proof at {leaves:,} leaves", [_time(prove, number) for number in numbers], most=PROOF_MOST)
            newest = db.session.scalar(select(func.max(LedgerLeaf.number))) or 0
            pages = [_time(_page, her, newest - secrets.randbelow(LOOKS)) for _ in range(TRIES // 5)]
            yield _line(f"a page of 50 looks among {LOOKS:,}", pages, most=PAGE_MOST)
        installation.close()


def _fill(leaves: int) -> SubjectKey:
    her = SubjectKey(secrets.token_hex(16), new_data_key())
    with writing():
        for begin in range(0, leaves, 10_000):
            db.session.execute(insert(LedgerLeaf), [{"leaf_hash": secrets.token_bytes(32)} for _ in range(min(10_000, leaves - begin))])
        for step in range(LOOKS):
            record("looked", subject=her, actor=OFFICER, now=NOW, about="PB-7", fields=("mobile", "address"), reason=f"case {step}")
        checkpoint(NOW)
        db.session.commit()
    return her


def _page(her: SubjectKey, before: int) -> None:
    list_looks(her, limit=50, before=before)


def _time(act: Callable[..., object], *given: object) -> float:
    """Return how long a call takes, in milliseconds."""
    began = time.perf_counter()
    act(*given)
    return (time.perf_counter() - began) * 1000


def _line(name: str, times: list[float], *, most: float) -> str:
    p95 = statistics.quantiles(times, n=20)[-1]
    return f"{name}: p50 {statistics.median(times):.2f} ms, p95 {p95:.2f} ms of {most} ({p95 / most:.2f})"


if __name__ == "__main__":
    for line in report():
        print(line)
