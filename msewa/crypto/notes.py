"""Signed notes (C2SP signed-note): a text with an Ed25519 signature line, as transparency logs publish them."""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

# The format's own number for this kind of signature; it stands before the key wherever that is written or hashed.
ED25519 = b"\x01"
DASH = "\N{EM DASH}"


class NoteError(Exception):
    """A note is not in its form, or no key that is known has signed it."""


class Signer(NamedTuple):
    """Who signs: a name without spaces or plus, such as `example.org/ledger`, and the 32 bytes of an Ed25519 seed."""

    name: str
    seed: bytes

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()


def verifier_key(signer: Signer) -> str:
    """Return the line that others check by: name, key id and public key, as Go's note package writes it."""
    return f"{signer.name}+{_key_id(signer.name, signer.public).hex()}+{_base64(ED25519 + signer.public)}"


def sign_note(text: str, *, signer: Signer) -> str:
    """Return `text`, which ends in a newline, with a blank line and the signature line below it."""
    signature = Ed25519PrivateKey.from_private_bytes(signer.seed).sign(text.encode())
    return f"{text}\n{DASH} {signer.name} {_base64(_key_id(signer.name, signer.public) + signature)}\n"


def open_note(note: str, *, keys: Iterable[str]) -> str:
    """Return the text of a note that one of these verifier keys has signed; NoteError for any other."""
    text, blank, lines = note.rpartition("\n\n")
    known = [_read_key(key) for key in keys]
    for line in lines.splitlines():
        if blank and any(_is_signed(f"{text}\n", line, name=name, public=public) for name, public in known):
            return f"{text}\n"
    raise NoteError("No known key has signed this.")


def _is_signed(text: str, line: str, *, name: str, public: bytes) -> bool:
    start = f"{DASH} {name} "
    if not line.startswith(start):
        return False
    try:
        signed = base64.b64decode(line.removeprefix(start), validate=True)
        if signed[:4] != _key_id(name, public):
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(signed[4:], text.encode())
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def _read_key(key: str) -> tuple[str, bytes]:
    """Read a verifier key; the base64 may hold plus signs, a name and an id can not."""
    try:
        name, key_id, coded = key.strip().split("+", 2)
        public = base64.b64decode(coded, validate=True)
    except ValueError as error:
        raise NoteError("This is not a verifier key.") from error
    if public[:1] != ED25519 or key_id != _key_id(name, public[1:]).hex():
        raise NoteError("This is not a verifier key.")
    return name, public[1:]


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
