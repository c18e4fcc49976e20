"""The file of the erasure ledger: each line vouches for those before it, and a head beside it for the last, so that none goes unseen.

A head without its lines, lines without a head, and a line that says anything else than was written are faults. Parts of several machines
stand one after another, as their heads do. Whoever puts an older file back together with its older head is not noticed by these alone.
"""

import errno
import hmac
import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msewa.crypto.keyfile import sole_writer
from msewa.crypto.keys import Key, derive

NAME, HEAD = "erasures.log", "erasures.head"
# Moment, mark, the key of both seals, and the seal; lines of the first release have none, and are read, but never trusted.
LINE = re.compile(r"((\S+\+00:00) ([0-9a-f]{64}) ([0-9a-f]{16}))(?: ([0-9a-f]{64}))?")
VOUCHER = re.compile(r"([0-9a-f]{16}) ([0-9a-f]{64}) ([0-9a-f]{64})")
LONGEST = 400  # bytes, of a line

Marks = Mapping[bytes, datetime]


class Log(NamedTuple):
    """Who has left, by mark, and why that may not be all of them; "" when nothing speaks for it."""

    marks: dict[bytes, datetime]
    fault: str


class _FaultError(Exception):
    """What is wrong with the file, in a sentence."""


CHANGED = f"A line of {NAME} is cut off, is missing, or was changed."
UNVOUCHED = f"{HEAD} does not vouch for {NAME}: its last lines are missing, or {HEAD} is another's or is missing."
OTHER_KEY = f"{NAME} goes on under a backup key that is not in this key ring: lay the newest key ring here, too."


def read_log(folder: Path, *, keys: Sequence[Key]) -> Log:
    """Return what the file in a folder says; `keys` are the backup keys that there are."""
    if not (folder / NAME).exists():
        return Log({}, f"There is no {NAME} beside this installation.")
    text = _text(folder / NAME)
    try:
        _check(text, heads=_text(folder / HEAD), keys=keys)
    except _FaultError as fault:
        return Log(read_marks(text), str(fault))
    return Log(read_marks(text), "")


def read_marks(text: str) -> dict[bytes, datetime]:
    """Return every mark that can be read, with its moment, whether or not anything vouches for it."""
    marks = dict[bytes, datetime]()
    for found in map(LINE.fullmatch, text.splitlines()):
        try:
            marks |= {bytes.fromhex(found[3]): datetime.fromisoformat(found[2])} if found else {}
        except ValueError:
            continue
    return marks


def append(folder: Path, marks: Marks, *, keys: Sequence[Key], everybody: Callable[[], Marks]) -> None:
    """Append marks and have them on disk before this returns, sealed with the first of `keys`. Raises OSError.

    A file that does not end with what its head vouches for is written anew, with `everybody` and with what it still says.
    """
    path = folder / NAME
    with sole_writer(path):
        last = _find_last(folder, keys=keys)
        if last is None:
            marks = {**read_marks(_text(path)), **everybody(), **marks}
        if marks:
            lines, seal = _lines(marks, after=last or "", key=keys[0])
            # Before the head: lines that it doesn't know yet are no fault, a head that knows more than the lines is one.
            _add(path, lines) if last else _replace(path, lines)
            _replace(folder / HEAD, f"{keys[0].id} {seal} {_seal(_secret(keys[0], HEAD), seal)}\n")


def _check(text: str, *, heads: str, keys: Sequence[Key]) -> None:
    """Raise _FaultError unless each line follows from the one before, and heads vouch for the ends of all parts."""
    vouched = _read_heads(heads, keys=keys)
    parts = _read_parts(text, secrets={key.id: _secret(key, NAME) for key in keys})
    # Lines after those that a head vouches for were written by a machine that stopped before it wrote the head: seals speak for them.
    if not vouched or not vouched <= set[str]().union(*parts) or not all(part & vouched for part in parts):
        raise _FaultError(UNVOUCHED)


def _read_parts(text: str, *, secrets: Mapping[str, bytes]) -> list[set[str]]:
    """Return the seals of each machine's part."""
    parts, before = list[set[str]](), ""
    for line in text.splitlines():
        found = LINE.fullmatch(line)
        if found is None or found[5] is None:
            raise _FaultError(CHANGED)
        if found[4] not in secrets:
            raise _FaultError(OTHER_KEY)
        secret, seal = secrets[found[4]], found[5]
        if not before or not _is_seal(seal, secret, before + found[1]):
            # Here another machine's part begins, or the line is not what was written.
            if not _is_seal(seal, secret, found[1]):
                raise _FaultError(CHANGED)
            parts.append(set())
        parts[-1].add(seal)
        before = seal
    return parts


def _read_heads(heads: str, *, keys: Sequence[Key]) -> set[str]:
    """Return the seals that heads vouch for; raises _FaultError for a head that was changed."""
    secrets, vouched = {key.id: _secret(key, HEAD) for key in keys}, set[str]()
    for line in heads.splitlines():
        found = VOUCHER.fullmatch(line)
        if found is None or found[1] not in secrets or not _is_seal(found[3], secrets[found[1]], found[2]):
            raise _FaultError(UNVOUCHED)
        vouched.add(found[2])
    return vouched


def _find_last(folder: Path, *, keys: Sequence[Key]) -> str | None:
    """Return the seal of the last line, None where the head doesn't vouch for that very line alone."""
    path = folder / NAME
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LONGEST))
        tail = file.read().decode("ascii", "replace")
    try:
        vouched = _read_heads(_text(folder / HEAD), keys=keys)
    except _FaultError:
        return None
    found = LINE.fullmatch(tail.splitlines()[-1]) if tail.endswith("\n") else None
    return found[5] if found and vouched == {found[5]} else None


def _lines(marks: Marks, *, after: str, key: Key) -> tuple[str, str]:
    secret, seal, lines = _secret(key, NAME), after, list[str]()
    for mark, moment in sorted(marks.items(), key=lambda one: (one[1], one[0])):
        said = f"{moment.isoformat()} {mark.hex()} {key.id}"
        seal = _seal(secret, seal + said)
        lines.append(f"{said} {seal}\n")
    return "".join(lines), seal


def _secret(key: Key, use: str) -> bytes:
    return derive(key, f"seals of {use}")


def _seal(secret: bytes, text: str) -> str:
    return hmac.digest(secret, text.encode(), "sha256").hex()


def _is_seal(seal: str, secret: bytes, text: str) -> bool:
    return hmac.compare_digest(seal, _seal(secret, text))


def _text(path: Path) -> str:
    # A damaged byte makes a line that is no line, and is told as such.
    return path.read_text(encoding="ascii", errors="replace") if path.exists() else ""


def _add(path: Path, lines: str) -> None:
    _write(path, lines, os.O_APPEND)


def _replace(path: Path, lines: str) -> None:
    unfinished = path.with_name(f"{path.name}.new")
    _write(unfinished, lines, os.O_TRUNC)
    # In one step: a crash in the midst of writing must not cost what stood there before.
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, lines: str, how: int) -> None:
    content = lines.encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    try:
        if os.write(descriptor, content) < len(content):
            raise OSError(errno.ENOSPC, "the disk is full")
        # On disk before the outbox ticks it off: after that nobody would write it again.
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
