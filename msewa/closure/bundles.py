"""Bundles: everything of one person in one closed piece, written and opened in stretches. Pure: the offline machine uses it too.

A bundle is a tar archive (`bundle.json` in canonical JSON, then `files/...`), cut into stretches, each closed by AES-256-GCM under a key of
the bundle's own with its number and whether it is the last (the STREAM construction), so that none can be dropped, doubled or moved.
That key is sealed by HPKE to the month's public key; `info` binds the terms under which it is kept.
"""

import hashlib
import io
import json
import secrets
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from msewa.crypto.canonical import canonical
from msewa.crypto.sealing import SealError, open_sealed, seal_to

SCHEMA = "msewa bundle 1"
STRETCH_BYTES = 1024 * 1024
CONTENT = "bundle.json"
LAST = b"\x01"


class BundleError(Exception):
    """A bundle does not open: it was changed, a piece is missing, or the key is another month's. Which it was is never said."""

    def __init__(self) -> None:
        super().__init__("The bundle does not open: it was changed, a piece is missing, or the key belongs to another month.")


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms a bundle is kept under, bound into its seal: they can't be changed without breaking it."""

    month: str
    deleted_at: datetime
    not_before: datetime
    not_after: datetime

    def info(self, digest: str) -> bytes:
        """Return what HPKE binds the bundle's key to; `digest` is the SHA-256 of the ciphertext."""
        terms = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(self).items()}
        return canonical({"schema": SCHEMA, "digest": digest, **terms})


class Packer(io.RawIOBase):
    """A file to write a bundle's content into; `keep(number, ciphertext)` gets each closed stretch."""

    def __init__(self, keep: Callable[[int, bytes], None]) -> None:
        super().__init__()
        self.key = secrets.token_bytes(32)
        self._aead = AESGCM(self.key)
        self._keep = keep
        self._waiting = bytearray()
        self._number = 0
        self._digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        """Say that it is."""
        return True

    def write(self, data: Any) -> int:
        """Take content; closes a stretch as soon as it is full."""
        self._waiting += data
        # More, not as much: what fills a stretch exactly may be the last one, which is closed as the last.
        while len(self._waiting) > STRETCH_BYTES:
            self._close_stretch(bytes(self._waiting[:STRETCH_BYTES]), is_last=False)
            del self._waiting[:STRETCH_BYTES]
        return len(data)

    def finish(self, public: bytes, *, terms: Terms) -> tuple[bytes, str]:
        """Close the last stretch; return the sealed key and the SHA-256 (hex) of the ciphertext. Raises SealError."""
        digest = self.end()
        return seal_to(public, self.key, info=terms.info(digest)), digest

    def end(self) -> str:
        """Close the last stretch; return the SHA-256 (hex) of the ciphertext."""
        self._close_stretch(bytes(self._waiting), is_last=True)
        return self._digest.hexdigest()

    def _close_stretch(self, content: bytes, *, is_last: bool) -> None:
        closed = self._aead.encrypt(_nonce(self._number, is_last=is_last), content, None)
        self._digest.update(closed)
        self.size += len(closed)
        self._keep(self._number, closed)
        self._number += 1


class Unpacker(io.RawIOBase):
    """A file to read what was packed, one stretch after another; raises BundleError where a stretch is changed, missing or moved."""

    def __init__(self, stretches: Iterator[bytes], *, key: bytes) -> None:
        super().__init__()
        self._stretches = stretches
        self._aead = AESGCM(key)
        # One ahead: whether a stretch is the last is part of how it was closed.
        self._next = next(stretches, None)
        self._number = 0
        self._waiting = b""

    def readable(self) -> bool:
        """Say that it is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; 0 at the end."""
        if not self._waiting and self._next is not None:
            self._open_stretch()
        taken = self._waiting[: len(buffer)]
        self._waiting = self._waiting[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _open_stretch(self) -> None:
        closed, self._next = self._next or b"", next(self._stretches, None)
        try:
            self._waiting = self._aead.decrypt(_nonce(self._number, is_last=self._next is None), closed, None)
        except InvalidTag:
            raise BundleError from None
        self._number += 1


def pack(content: dict[str, Any], files: Iterable[tuple[str, bytes]], *, into: Packer) -> list[dict[str, Any]]:
    """Write a person's content and files into a packer; return what files there were (name, size, SHA-256)."""
    listed: list[dict[str, Any]] = []
    # The stream form never looks back, so that a bundle may be larger than the memory.
    with tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, CONTENT, canonical(content))
        for name, data in files:
            _add(tar, f"files/{name}", data)
            listed.append({"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        _add(tar, "files.json", canonical(listed))
    return listed


def open_bundle(stretches: Iterable[bytes], *, sealed_key: bytes, digest: str, terms: Terms, private: bytes) -> bytes:
    """Return a bundle's tar archive, opened with the month's private half; raises BundleError for every fault alike."""
    try:
        key = open_sealed(private, sealed_key, info=terms.info(digest))
        closed = list(stretches)
        if hashlib.sha256(b"".join(closed)).hexdigest() != digest:
            raise BundleError
        return b"".join(_opened(closed, aead=AESGCM(key)))
    except (SealError, InvalidTag):
        raise BundleError from None


def read_content(archive: bytes) -> dict[str, Any]:
    """Return what an opened bundle says, without its files."""
    return json.loads(next(_members(archive))[1])


def read_files(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield every file of an opened bundle."""
    for name, data in _members(archive):
        if name.startswith("files/"):
            yield name.removeprefix("files/"), data


def _members(archive: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file is not None:
                yield member.name, file.read()


def _opened(closed: list[bytes], *, aead: AESGCM) -> Iterator[bytes]:
    for number, stretch in enumerate(closed):
        yield aead.decrypt(_nonce(number, is_last=number == len(closed) - 1), stretch, None)


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def _nonce(number: int, *, is_last: bool) -> bytes:
    # A counter suffices, for no two bundles share a key.
    return number.to_bytes(11, "big") + (LAST if is_last else b"\x00")
