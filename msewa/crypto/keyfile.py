"""The key ring's file: JSON, readable by its owner alone, replaced as a whole or not at all."""

import base64
import fcntl
import json
import os
import re
import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from msewa.crypto.keys import (
    Entry,
    Key,
    KeyRingDamagedError,
    KeyRingError,
    KeyRingExistsError,
    KeyRingExposedError,
    KeyRingMissingError,
    Purpose,
    State,
    UnknownPurposeError,
)

VERSION = 1
SECRET_BYTES = 32
KEY_ID = re.compile(r"[0-9a-f]{16}")
# 32 random bytes practically never have fewer different values; zeros and typed-in keys do.
MIN_DISTINCT_BYTES = 12


def read_entries(path: Path) -> tuple[Entry, ...]:
    """Read the entries of a key ring file, or raise a KeyRingError that says in one line why not."""
    _refuse_exposed(path)
    rows = _rows(path)
    unknown = sorted({str(row.get("purpose")) for row in rows} - set(Purpose))
    if unknown:
        raise UnknownPurposeError(f"The key ring {path} has keys for an unknown purpose: {', '.join(unknown)}.")
    entries = [_parsed(row) for row in rows]
    known = tuple(entry for entry in entries if entry is not None)
    if len(known) != len(entries) or not _is_sound(known):
        raise KeyRingDamagedError(f"The key ring {path} is damaged; restore it from its backup.")
    return known


def write_entries(path: Path, entries: Sequence[Entry], *, new: bool = False) -> None:
    """Write the file atomically with mode 0600; with `new`, raise KeyRingExistsError instead of replacing one."""
    text = json.dumps({"version": VERSION, "keys": [_row(entry) for entry in entries]}, indent=1)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_private(draft, text.encode())
        if new:
            # A hard link fails where the name is taken: two processes that start at once cannot both win.
            os.link(draft, path)
        else:
            draft.replace(path)
    except FileExistsError:
        raise KeyRingExistsError(f"There is already a key ring at {path}.") from None
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def make_private_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, each open to its owner alone (0700)."""
    if not folder.exists():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def sole_writer(path: Path) -> Generator[None, None, None]:
    """Hold the ring against other processes, so that two rotations cannot lose each other's keys."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _refuse_exposed(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise KeyRingMissingError(f"There is no key ring at {path}.") from None
    if mode & 0o077:
        raise KeyRingExposedError(f"The key ring {path} can be read by others; give it mode 0600.")


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_bytes())
        rows = cast(list[object], content["keys"]) if content["version"] == VERSION else None
    except OSError as error:
        raise KeyRingError(f"The key ring {path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        rows = None
    # Raised out here: a parsing error would carry the file's text, and so the secrets, along with it.
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise KeyRingDamagedError(f"The key ring {path} is damaged; restore it from its backup.")
    return cast(list[dict[str, Any]], rows)


def _parsed(row: dict[str, Any]) -> Entry | None:
    try:
        secret = base64.b64decode(row["secret"], validate=True)
        key = Key(id=row["id"], purpose=Purpose(row["purpose"]), secret=secret)
        created_at = datetime.fromisoformat(row["created_at"])
        return Entry(key=key, created_at=created_at, state=State(row["state"]), demo=bool(row["demo"]))
    except (ValueError, KeyError, TypeError):
        return None


def _is_sound(entries: Sequence[Entry]) -> bool:
    active = [entry.key.purpose for entry in entries if entry.state is State.ACTIVE]
    living = [entry.key.secret for entry in entries if entry.state is not State.DESTROYED]
    ids = [entry.key.id for entry in entries]
    return (
        all(KEY_ID.fullmatch(key_id) for key_id in ids)
        and all(entry.created_at.tzinfo for entry in entries)
        and all(len(secret) == SECRET_BYTES and len(set(secret)) >= MIN_DISTINCT_BYTES for secret in living)
        and _all_differ(ids)
        and _all_differ(active)
        and _all_differ(living)
    )


def _all_differ(values: Sequence[str | bytes]) -> bool:
    return len(set(values)) == len(values)


def _row(entry: Entry) -> dict[str, str | bool]:
    return {
        "id": entry.key.id,
        "purpose": entry.key.purpose,
        "created_at": entry.created_at.isoformat(),
        "state": entry.state,
        "demo": entry.demo,
        "secret": base64.b64encode(entry.key.secret).decode(),
    }


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    # Without this a crash may forget the rename, and with it a key that is already in use.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
