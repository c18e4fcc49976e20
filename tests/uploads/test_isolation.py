"""The child process: shut in, ended in time, few at once, and not believed."""

import json
import struct
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from msewa.uploads import isolation
from msewa.uploads.isolation import clean
from msewa.uploads.operations import inspect
from msewa.uploads.rules import JPEG, MAX_FILE_BYTES, Cleaned, DamagedError, Kind, TookTooLongError, TooManyPagesError
from msewa.uploads.wire import pack_cleaned, pack_refusal, unpack

CHILD = "from msewa.uploads.child import serve\nfrom msewa.uploads.rules import *\nimport os, socket, time\n"

Picture = Callable[..., bytes]
Act = Callable[[str], Kind]


@pytest.fixture
def acting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Act:
    """A kind of file whose cleaning does what it is told, in a real child."""

    def kind(body: str) -> Kind:
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        (tmp_path / "acted.py").write_text(f"{CHILD}def clean(data):\n{indented}\ndef main():\n    serve(clean)\n")
        return Kind("image/jpeg", "jpg", frozenset({"jpg"}), b"", "acted")

    monkeypatch.syspath_prepend(str(tmp_path))
    return kind


def test_a_child_hands_back_what_it_cleaned(acting: Act) -> None:
    assert clean(b"abc", kind=acting("return Cleaned(data.upper(), width=3, height=1)")) == Cleaned(b"ABC", width=3, height=1)


@pytest.mark.parametrize(
    "body",
    [
        "open('/etc/hostname').read()\nreturn Cleaned(data)",
        "open('/tmp/left-behind', 'wb').write(data)\nreturn Cleaned(data)",
        "socket.socket()\nreturn Cleaned(data)",
        "return Cleaned(os.environ['PATH'].encode())",
        "raise ValueError(data)",
        "os._exit(0)",
        "os.abort()",
    ],
    ids=["read", "write", "network", "environment", "failure", "silence", "crash"],
)
def test_a_child_that_reaches_out_or_falls_is_a_damaged_file(acting: Act, body: str) -> None:
    with pytest.raises(DamagedError):
        clean(b"abc", kind=acting(body))


@pytest.mark.parametrize("body", ["time.sleep(60)", "while True: pass", "os.close(1)\ntime.sleep(60)"])
def test_a_child_that_does_not_end_is_ended(acting: Act, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(isolation, "PARSE_SECONDS", 1)
    started = monotonic()

    with pytest.raises(TookTooLongError):
        clean(b"abc", kind=acting(body))

    assert monotonic() - started < 5


def test_a_child_that_falls_before_it_reads_is_a_damaged_file() -> None:
    with pytest.raises(DamagedError):
        clean(bytes(MAX_FILE_BYTES), kind=replace(JPEG, module="msewa.uploads.nothing"))


def test_a_child_that_fills_the_memory_is_refused(acting: Act) -> None:
    with pytest.raises(TookTooLongError):
        clean(b"abc", kind=acting("return Cleaned(bytes(1 << 30))"))


def test_a_child_that_answers_without_end_is_cut_short(acting: Act) -> None:
    with pytest.raises(TookTooLongError):
        clean(b"abc", kind=acting("while True: os.write(1, bytes(1 << 16))"))


def test_a_child_brings_neither_flask_nor_the_database(acting: Act) -> None:
    body = "import sys\nreturn Cleaned(b' '.join(name.encode() for name in sys.modules))"

    loaded = clean(b"abc", kind=acting(body)).data.split()

    assert not {b"flask", b"sqlalchemy", b"PIL", b"pypdf"} & set(loaded)


def test_no_reader_of_files_runs_in_the_parent(make_picture: Picture) -> None:
    inspect(make_picture("JPEG"), filename="photo.jpg")

    assert "msewa.uploads.images" not in sys.modules
    assert "msewa.uploads.pdfs" not in sys.modules


def test_many_at_once_are_read_in_turn(make_picture: Picture) -> None:
    source = make_picture("PNG")

    with ThreadPoolExecutor(isolation.MOST_AT_ONCE) as pool:
        papers = list(pool.map(lambda _: inspect(source, filename="scan.png"), range(8)))

    assert len({paper.sha256 for paper in papers}) == 1


def test_who_waits_too_long_for_a_turn_is_told(acting: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "PARSE_SECONDS", 2)
    monkeypatch.setattr(isolation, "WAIT_SECONDS", 0.2)
    slow = acting("time.sleep(60)")

    def attempt(_: int) -> float:
        started = monotonic()
        with pytest.raises(TookTooLongError):
            clean(b"abc", kind=slow)
        return monotonic() - started

    with ThreadPoolExecutor(3) as pool:
        times = sorted(pool.map(attempt, range(3)))

    assert times[0] < 1 < times[1]


def test_who_finds_many_waiting_is_told_at_once_and_holds_no_thread(acting: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "PARSE_SECONDS", 3)
    monkeypatch.setattr(isolation, "WAIT_SECONDS", 3)
    slow, count = acting("time.sleep(60)"), isolation.MOST_AT_ONCE + 6

    def attempt(_: int) -> float:
        started = monotonic()
        with pytest.raises(TookTooLongError):
            clean(b"abc", kind=slow)
        return monotonic() - started

    with ThreadPoolExecutor(count) as pool:
        times = sorted(pool.map(attempt, range(count)))

    assert [time < 1 for time in times] == [True] * 6 + [False] * isolation.MOST_AT_ONCE


def test_a_turn_is_given_back_after_a_failure(acting: Act, make_picture: Picture) -> None:
    for _ in range(isolation.CHILDREN + 1):
        with pytest.raises(DamagedError):
            clean(b"abc", kind=acting("raise ValueError"))

    assert clean(make_picture("JPEG"), kind=JPEG).width == 60


def test_a_refusal_keeps_its_numbers_on_the_way() -> None:
    with pytest.raises(TooManyPagesError) as refusal:
        unpack(pack_refusal(TooManyPagesError(count=60, limit=50)))

    assert refusal.value.numbers == {"count": 60, "limit": 50}


def head(**header: object) -> bytes:
    written = json.dumps(header).encode()
    return struct.pack(">I", len(written)) + written


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xff\xff\xff\xff",
        struct.pack(">I", 2) + b"[]",
        head(bytes=4) + b"abc",
        head(bytes=True) + b"a",
        head(bytes=0),
        head(),
        head(code="no such code"),
        head(code=["empty"]),
        pack_cleaned(Cleaned(b"abc", pages=1))[:-1],
        pack_cleaned(Cleaned(b"abc", pages=1)) + b"d",
    ],
)
def test_an_answer_that_is_not_whole_is_not_believed(answer: bytes) -> None:
    with pytest.raises(DamagedError):
        unpack(answer)
