"""Reading a stranger's file in a process of its own, so that what goes wrong there goes wrong only there."""

import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from subprocess import DEVNULL, PIPE, Popen
from threading import BoundedSemaphore, Timer
from typing import IO, cast

from msewa.uploads.rules import PARSE_SECONDS, Cleaned, Kind, TookTooLongError
from msewa.uploads.wire import MAX_ANSWER_BYTES, unpack

# Each may take up to PARSE_MEMORY_BYTES.
CHILDREN = 2
# Files that are read or wait for their turn. Each holds a thread of the serving process, and the others serve those who only read (F20).
MOST_AT_ONCE = 4
WAIT_SECONDS = 5.0

# The package is named but not run: its __init__ would bring Flask and the database into the child.
BOOTSTRAP = """
import importlib, sys, types
package, module, *sys.path[:] = sys.argv[1:]
sys.modules["msewa"] = types.ModuleType("msewa")
sys.modules["msewa"].__path__ = [package]
importlib.import_module(module).main()
"""
PACKAGE = str(Path(__file__).resolve().parents[1])

_room, _turns = BoundedSemaphore(MOST_AT_ONCE), BoundedSemaphore(CHILDREN)


@contextmanager
def _place(places: BoundedSemaphore, *, wait_seconds: float) -> Generator[None]:
    if not places.acquire(timeout=wait_seconds):
        raise TookTooLongError
    try:
        yield
    finally:
        places.release()


def _command(kind: Kind) -> list[str]:
    # The parent's own path is handed over, because -I and -S leave the child with the standard library alone.
    return [sys.executable, "-I", "-S", "-B", "-c", BOOTSTRAP, PACKAGE, kind.module, *filter(None, sys.path)]


def _exchange(child: Popen[bytes], data: bytes) -> bytes:
    # A child that has ended early breaks the pipe; its answer, if there is one, tells why.
    with suppress(BrokenPipeError), cast("IO[bytes]", child.stdin) as pipe:
        pipe.write(data)
    return cast("IO[bytes]", child.stdout).read(MAX_ANSWER_BYTES + 1)


def _answer(data: bytes, *, kind: Kind) -> bytes:
    """The child's raw answer; raises TookTooLongError when it had to be ended."""
    # An empty environment: the child needs no secret, so it is given none.
    command = _command(kind)
    with Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, cwd="/") as child:  # noqa: S603 - our own words
        alarm = Timer(PARSE_SECONDS, child.kill)
        alarm.start()
        try:
            answer = _exchange(child, data)
            # One that says more stands waiting for somebody to read it, and would never end.
            if len(answer) <= MAX_ANSWER_BYTES:
                child.wait()
        finally:
            alarm.cancel()
            child.kill()
    if child.returncode in (-SIGKILL, -SIGXCPU):
        raise TookTooLongError
    return answer


def clean(data: bytes, *, kind: Kind) -> Cleaned:
    """The clean copy of a file, made elsewhere; raises UploadError. Blocks for up to 10 seconds; refuses at once while many are waiting."""
    with _place(_room, wait_seconds=0), _place(_turns, wait_seconds=WAIT_SECONDS):
        return unpack(_answer(data, kind=kind))
