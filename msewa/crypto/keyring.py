"""The key ring: every secret the server keeps, outside the database, each for one purpose."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from msewa.crypto.keyfile import SECRET_BYTES, make_private_folder, read_entries, sole_writer, write_entries
from msewa.crypto.keys import (
    Entry,
    Key,
    KeyRingDamagedError,
    KeyRingError,
    KeyRingExistsError,
    KeyRingExposedError,
    KeyRingMissingError,
    NoActiveKeyError,
    Purpose,
    State,
    UnknownKeyError,
    UnknownPurposeError,
    WrongPurposeError,
    derive,
)

__all__ = [
    "Entry",
    "Key",
    "KeyRing",
    "KeyRingDamagedError",
    "KeyRingError",
    "KeyRingExistsError",
    "KeyRingExposedError",
    "KeyRingMissingError",
    "NoActiveKeyError",
    "Purpose",
    "State",
    "UnknownKeyError",
    "UnknownPurposeError",
    "WrongPurposeError",
    "derive",
]

Entries = tuple[Entry, ...]
# Any other purpose without a key is damage: a new key would open nothing of what the lost one closed.
ADDED_LATER = (Purpose.RECEIPTS, Purpose.NOISE, Purpose.BACKUP)


class KeyRing:
    """All keys of one installation; a running process sees another's rotation at its next use of a key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Taken before reading: a change in between is then read once more, not missed.
        self._stamp = _stamp(path)
        self._entries = _complete(path)

    def __repr__(self) -> str:
        return f"KeyRing({str(self.path)!r}, {len(self._entries)} keys)"

    @classmethod
    def create(cls, path: Path, *, now: datetime, mode_demo: bool) -> "KeyRing":
        """Make and save a ring with one key for each purpose; raises KeyRingExistsError, never overwrites."""
        make_private_folder(path.parent)
        entries = tuple(_new_entry(purpose, now=now, demo=mode_demo) for purpose in _needed(demo=mode_demo))
        write_entries(path, entries, new=True)
        return cls(path)

    @classmethod
    def load(cls, path: Path) -> "KeyRing":
        """Read a ring, or raise a KeyRingError whose message says in one line what is wrong with it."""
        return cls(path)

    @property
    def is_demo(self) -> bool:
        """Whether any key was made for a demonstration and so must never guard real data."""
        return any(entry.demo for entry in self._entries)

    @property
    def entries(self) -> Entries:
        """Every key with its state, oldest first, destroyed ones too."""
        self._refresh()
        return self._entries

    def active(self, purpose: Purpose) -> Key:
        """Return the key that new things of this purpose are made with; raises NoActiveKeyError."""
        for entry in self.entries:
            if entry.key.purpose is purpose and entry.state is State.ACTIVE:
                return entry.key
        raise NoActiveKeyError(f"The key ring {self.path} has no active key for {purpose}.")

    def living(self, purpose: Purpose) -> list[Key]:
        """Return every key of this purpose that still opens something, the active one first, then the youngest."""
        entries = [entry for entry in reversed(self.entries) if entry.key.purpose is purpose and entry.state is not State.DESTROYED]
        return [entry.key for entry in sorted(entries, key=lambda entry: entry.state is not State.ACTIVE)]

    def find(self, key_id: str, *, purpose: Purpose) -> Key:
        """Return a key by its id; raises UnknownKeyError if it is gone, WrongPurposeError if it is for another use."""
        key = self._entry(key_id).key
        key.secret_for(purpose)
        return key

    def rotate(self, purpose: Purpose, *, now: datetime) -> Key:
        """Add and save a new active key; the old one stays to open what it closed."""
        new = _new_entry(purpose, now=now, demo=self.is_demo)
        self._change(lambda entries: (*(_retired(entry, purpose=purpose) for entry in entries), new))
        return new.key

    def destroy(self, key_id: str) -> None:
        """Erase a retired key for good, and with it all that only it opens; raises KeyRingError if active."""
        if self._entry(key_id).state is State.ACTIVE:
            raise KeyRingError(f"Key {key_id} is active; rotate it first.")
        self._change(lambda entries: tuple(_wiped(entry) if entry.key.id == key_id else entry for entry in entries))

    @classmethod
    def complete(cls, path: Path, *, now: datetime) -> None:
        """Add a key for each purpose that came after the first rings; a purpose that ever had a key is left as it is.

        Raises KeyRingError as `load` does.
        """
        if not _younger(read_entries(path)):
            return
        with sole_writer(path):
            entries = read_entries(path)
            is_demo = any(entry.demo for entry in entries)
            write_entries(path, (*entries, *(_new_entry(purpose, now=now, demo=is_demo) for purpose in _younger(entries))))

    def save(self) -> None:
        """Write the ring to its file again, atomically; rotate and destroy have already done so."""
        with sole_writer(self.path):
            self._write(self._entries)

    def _entry(self, key_id: str) -> Entry:
        for entry in self.entries:
            if entry.key.id == key_id and entry.state is not State.DESTROYED:
                return entry
        raise UnknownKeyError("No usable key has this id.")

    def _change(self, change: Callable[[Entries], Entries]) -> None:
        with sole_writer(self.path):
            self._write(change(_complete(self.path)))

    def _write(self, entries: Entries) -> None:
        # On disk before in use: nothing may ever be closed with a key that a crash could forget.
        write_entries(self.path, entries)
        self._entries = entries
        self._stamp = _stamp(self.path)

    def _refresh(self) -> None:
        stamp = _stamp(self.path)
        if stamp in (self._stamp, None):
            return
        self._stamp = stamp
        # A fault in the file stops the next start; the keys that run now are still good.
        with suppress(KeyRingError):
            self._entries = _complete(self.path)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    # The inode too: each change puts a new file in place, and two may fall into one tick of the file system's clock.
    return status.st_ino, status.st_mtime_ns


def _needed(*, demo: bool) -> list[Purpose]:
    return [purpose for purpose in Purpose if demo or purpose is not Purpose.SANDBOX]


def _younger(entries: Entries) -> list[Purpose]:
    known = {entry.key.purpose for entry in entries}
    return [purpose for purpose in ADDED_LATER if purpose not in known]


def _complete(path: Path) -> Entries:
    entries = read_entries(path)
    active = {entry.key.purpose for entry in entries if entry.state is State.ACTIVE}
    for purpose in _needed(demo=any(entry.demo for entry in entries)):
        if purpose not in active:
            raise NoActiveKeyError(f"The key ring {path} has no active key for {purpose}.")
    return entries


def _new_entry(purpose: Purpose, *, now: datetime, demo: bool) -> Entry:
    key = Key(id=secrets.token_hex(8), purpose=purpose, secret=secrets.token_bytes(SECRET_BYTES))
    return Entry(key=key, created_at=now, state=State.ACTIVE, demo=demo)


def _retired(entry: Entry, *, purpose: Purpose) -> Entry:
    is_old = entry.key.purpose is purpose and entry.state is State.ACTIVE
    return replace(entry, state=State.DECRYPT_ONLY) if is_old else entry


def _wiped(entry: Entry) -> Entry:
    return replace(entry, key=replace(entry.key, secret=b""), state=State.DESTROYED)
