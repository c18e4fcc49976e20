"""The envelope around every group of personal fields: closed for one place, opened only there."""

import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from msewa.crypto.framing import framed

# suite 1 | length of key id 1 | key id | salt 16 | commitment 32 | nonce 12 | ciphertext and tag
SUITE = b"\x01"
SALT_BYTES, COMMITMENT_BYTES, NONCE_BYTES, TAG_BYTES = 16, 32, 12, 16
FIXED_BYTES = SALT_BYTES + COMMITMENT_BYTES + NONCE_BYTES + TAG_BYTES
KEY_BYTES = 32


class EnvelopeError(Exception):
    """The envelope does not open; why is never said, so that nobody can learn by trying."""

    def __init__(self) -> None:
        super().__init__("The envelope does not open.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an envelope belongs: it opens at no other table, field group, row, subject or schema version."""

    table: str
    group: str
    row: str | int
    subject: str | int
    schema: int = 1

    def bound_with(self, header: bytes) -> bytes:
        """Return the associated data that ties an envelope with this header to this place."""
        return framed("msewa envelope", self.table, self.group, self.row, self.subject, self.schema, header)


def seal(data_key: bytes, plaintext: bytes, *, place: Place, key_id: bytes = b"") -> bytes:
    """Close plaintext under a data key of 32 bytes; key_id (at most 255 bytes) tells which key, in the clear."""
    header = SUITE + bytes((len(key_id),)) + key_id
    # With a salt each message has a key of its own: random nonces bound how many may share one (NIST SP 800-38D, 8.3).
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    message_key, commitment = _split(data_key, salt=salt)
    ciphertext = AESGCM(message_key).encrypt(nonce, plaintext, place.bound_with(header))
    return b"".join((header, salt, commitment, nonce, ciphertext))


def unseal(data_key: bytes, blob: bytes, *, place: Place) -> bytes:
    """Open an envelope; raises EnvelopeError for every fault alike."""
    start = _header_length(blob)
    salt_end = start + SALT_BYTES
    commitment_end = salt_end + COMMITMENT_BYTES
    nonce_end = commitment_end + NONCE_BYTES
    message_key, commitment = _split(data_key, salt=blob[start:salt_end])
    # AES-GCM alone lets a made-up ciphertext open under two keys; the commitment allows one.
    if not hmac.compare_digest(commitment, blob[salt_end:commitment_end]):
        raise EnvelopeError
    try:
        bound = place.bound_with(blob[:start])
        return AESGCM(message_key).decrypt(blob[commitment_end:nonce_end], blob[nonce_end:], bound)
    except InvalidTag:
        raise EnvelopeError from None


def key_id_of(blob: bytes) -> bytes:
    """Return the key id an envelope was closed with, still unproven; raises EnvelopeError if there is none to read."""
    return blob[2 : _header_length(blob)]


def seal_json(data_key: bytes, value: Any, *, place: Place, key_id: bytes = b"") -> bytes:
    """Close a JSON value; raises ValueError for NaN, infinities and lone surrogates."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return seal(data_key, text.encode(), place=place, key_id=key_id)


def unseal_json(data_key: bytes, blob: bytes, *, place: Place) -> Any:
    """Open an envelope that holds a JSON value; raises EnvelopeError for every fault alike."""
    plaintext = unseal(data_key, blob, place=place)
    try:
        return json.loads(plaintext)
    except ValueError:
        pass
    # Raised out here: the parsing error would carry the plaintext along.
    raise EnvelopeError


def _header_length(blob: bytes) -> int:
    if blob[:1] != SUITE or len(blob) < FIXED_BYTES or len(blob) < 2 + blob[1] + FIXED_BYTES:
        raise EnvelopeError
    return 2 + blob[1]


def _split(data_key: bytes, *, salt: bytes) -> tuple[bytes, bytes]:
    if len(data_key) != KEY_BYTES:
        raise ValueError("A data key has 32 bytes.")
    material = HKDF(algorithm=SHA512(), length=KEY_BYTES + COMMITMENT_BYTES, salt=salt, info=b"msewa|envelope|1")
    derived = material.derive(data_key)
    return derived[:KEY_BYTES], derived[KEY_BYTES:]
