"""The clock of a demonstration, which can be moved."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msewa.web.clock import MovableClock

THEN = datetime(2031, 5, 3, 6, tzinfo=UTC)


def test_every_process_tells_the_moved_time(tmp_path: Path) -> None:
    MovableClock(tmp_path / "clock.json").move(THEN)

    assert timedelta() <= MovableClock(tmp_path / "clock.json").now() - THEN < timedelta(minutes=1)


def test_a_moved_clock_is_never_seen_half_written(tmp_path: Path) -> None:
    clock, file = MovableClock(tmp_path / "clock.json"), tmp_path / "clock.json"
    clock.move(THEN)
    whole = file.read_text()

    with file.open() as being_read:
        clock.move(THEN + timedelta(days=1))

        assert being_read.read() == whole, "whoever reads just now reads the whole of what was there"
    assert list(tmp_path.iterdir()) == [file]
