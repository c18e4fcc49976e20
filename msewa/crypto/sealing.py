"""Sealing for the archive: anybody may close with the public key, only the offline key opens (HPKE, X-Wing)."""

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

VERSION = b"\x01"
PRIVATE_BYTES = 32
MLKEM_PUBLIC_BYTES = 1184
PUBLIC_BYTES = MLKEM_PUBLIC_BYTES + 32
# X-Wing holds as long as either ML-KEM-768 or X25519 does: what is kept today stays closed to a quantum computer.
SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA512, hpke.AEAD.AES_256_GCM)


class SealError(Exception):
    """A seal does not open, or a key is not a sealing key; why is never said."""

    def __init__(self) -> None:
        super().__init__("The seal does not open.")


def new_sealing_pair() -> tuple[bytes, bytes]:
    """Make a pair: the public key (1,216 bytes) and the private seed (32 bytes), as draft-connolly-cfrg-xwing-kem."""
    private = secrets.token_bytes(PRIVATE_BYTES)
    return public_of(private), private


def public_of(private: bytes) -> bytes:
    """Return the public key that belongs to a private seed; raises SealError if it is none."""
    mlkem, x25519 = _private_parts(private)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def seal_to(public: bytes, plaintext: bytes, *, info: bytes) -> bytes:
    """Close plaintext to a public key; it opens only with the same info. Raises SealError for a bad key."""
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC_BYTES])
        x25519 = X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC_BYTES:])
        # Within: that an X25519 key is of low order, such as all zeros, shows only when a secret is agreed with it (RFC 7748, 6.1).
        return VERSION + SUITE.encrypt(plaintext, hpke.MLKEM768X25519PublicKey(mlkem, x25519), info)
    except ValueError:
        raise SealError from None


def open_sealed(private: bytes, blob: bytes, *, info: bytes) -> bytes:
    """Open a seal with the private seed; raises SealError for every fault alike."""
    if blob[:1] != VERSION:
        raise SealError
    key = hpke.MLKEM768X25519PrivateKey(*_private_parts(private))
    try:
        return SUITE.decrypt(blob[1:], key, info)
    except (InvalidTag, ValueError):
        raise SealError from None


def _private_parts(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(private) != PRIVATE_BYTES:
        raise SealError
    # The draft's own expansion of the seed, so that any X-Wing library can open the archive in later years.
    expanded = hashlib.shake_256(private).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])
