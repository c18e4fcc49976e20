"""Wrapping data keys under the key ring's wrapping key, behind a door wide enough for a key service."""

import secrets
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from msewa.crypto.framing import framed
from msewa.crypto.keyring import Key, KeyRing, KeyRingError, Purpose

# version 1 | key id 8 | nonce 12 | wrapped key and tag
VERSION = b"\x01"
NONCE_START, BODY_START = 9, 21
DATA_KEY_BYTES = 32


class WrapError(Exception):
    """A wrapped key does not open: damaged, another subject's, or its wrapping key is gone."""


class KeyWrapper(Protocol):
    """Whatever wraps data keys: our key ring, or a key service outside."""

    def wrap(self, data_key: bytes, *, subject: str) -> bytes:
        """Close a data key for storing beside the subject's data."""
        ...

    def unwrap(self, wrapped: bytes, *, subject: str) -> bytes:
        """Open a wrapped data key; raises WrapError."""
        ...

    def needs_rewrap(self, wrapped: bytes) -> bool:
        """Whether it was wrapped under a key that has since been rotated."""
        ...


class RingWrapper:
    """Wraps under the active wrapping key of a key ring, by AES-256-GCM."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def wrap(self, data_key: bytes, *, subject: str) -> bytes:
        """Close a data key of 32 bytes for one subject."""
        # A short key would only be noticed when the data under it is wanted back.
        if len(data_key) != DATA_KEY_BYTES:
            raise ValueError("A data key has 32 bytes.")
        key = self._ring.active(Purpose.WRAP)
        nonce = secrets.token_bytes(12)
        body = AESGCM(key.secret).encrypt(nonce, data_key, _bound_to(subject, key=key))
        return VERSION + bytes.fromhex(key.id) + nonce + body

    def unwrap(self, wrapped: bytes, *, subject: str) -> bytes:
        """Open a wrapped data key of this subject; raises WrapError."""
        try:
            key = self._ring.find(_key_id(wrapped), purpose=Purpose.WRAP)
            nonce, body = wrapped[NONCE_START:BODY_START], wrapped[BODY_START:]
            return AESGCM(key.secret).decrypt(nonce, body, _bound_to(subject, key=key))
        except (InvalidTag, KeyRingError, ValueError):
            raise WrapError("The wrapped key does not open.") from None

    def needs_rewrap(self, wrapped: bytes) -> bool:
        """Whether it was wrapped under a key that has since been rotated."""
        return _key_id(wrapped) != self._ring.active(Purpose.WRAP).id


def new_data_key() -> bytes:
    """Make a data key: 32 random bytes."""
    return secrets.token_bytes(DATA_KEY_BYTES)


def _key_id(wrapped: bytes) -> str:
    if wrapped[:1] != VERSION:
        raise WrapError("The wrapped key does not open.")
    return wrapped[1:NONCE_START].hex()


def _bound_to(subject: str, *, key: Key) -> bytes:
    return framed("msewa data key", VERSION, subject, key.id)
