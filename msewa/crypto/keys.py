"""What a key is: its purpose, its state, and what can be wrong with it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class KeyRingError(Exception):
    """The key ring cannot be used; the message is one line for the person who runs the server."""


class KeyRingMissingError(KeyRingError):
    """There is no key ring file."""


class KeyRingExistsError(KeyRingError):
    """A key ring is already there, and is never overwritten by a new one."""


class KeyRingExposedError(KeyRingError):
    """Others than the owner may read or change the key ring file."""


class KeyRingDamagedError(KeyRingError):
    """The key ring file is not what was written."""


class UnknownPurposeError(KeyRingError):
    """The key ring names a purpose that this version does not know."""


class NoActiveKeyError(KeyRingError):
    """A purpose has no active key."""


class UnknownKeyError(KeyRingError):
    """No usable key has this id."""


class WrongPurposeError(KeyRingError):
    """A key was about to be used for something it was not made for."""


class Purpose(StrEnum):
    """What a key is for; a key serves one purpose only."""

    WRAP = "wrap"
    INDEX = "index"
    PEPPER = "pepper"
    LEDGER = "ledger"
    LINKS = "links"
    DATABASE = "database"
    SIGNING = "signing"
    RECEIPTS = "receipts"
    NOISE = "noise"
    BACKUP = "backup"
    SANDBOX = "sandbox"


class State(StrEnum):
    """Where a key is in its life (after NIST SP 800-57): it only ever moves down this list."""

    ACTIVE = "active"
    DECRYPT_ONLY = "decrypt-only"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of 32 bytes with its id (16 hex digits) and purpose; its text never shows the secret."""

    id: str
    purpose: Purpose
    # Left out of == too, which would compare it in a time that depends on its bytes.
    secret: bytes = field(repr=False, compare=False)

    def secret_for(self, purpose: Purpose) -> bytes:
        """Return the secret, or raise WrongPurposeError if it was made for something else."""
        if self.purpose is not purpose:
            raise WrongPurposeError(f"Key {self.id} is for {self.purpose}, not for {purpose}.")
        return self.secret


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of the ring with its history; the key of a destroyed entry has an empty secret."""

    # A destroyed entry stays, so that the list of keys still tells that there was one and when.
    key: Key
    created_at: datetime
    state: State
    demo: bool


def derive(key: Key, info: str, length: int = 32) -> bytes:
    """Derive a key of this many bytes for one narrower use, named by info (HKDF-SHA512, RFC 5869)."""
    # Without a salt, which RFC 5869, 3.1 allows where the key is random as it is: the same key must come out each time.
    return HKDF(algorithm=SHA512(), length=length, salt=None, info=f"msewa|{info}".encode()).derive(key.secret)
