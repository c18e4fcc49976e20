"""Random tokens, of which only a hash is stored, and signed links, of which nothing is stored."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from msewa.crypto.keyring import Key, KeyRing, KeyRingError, Purpose, derive

# version 1 | key id 8 | expires 8, seconds since 1970 | subject | HMAC-SHA256, its first 16: links travel by SMS
VERSION = b"\x01"
EXPIRY_START, SUBJECT_START, MAC_BYTES = 9, 17, 16


class LinkError(Exception):
    """A signed link is not ours, not for this purpose, or was changed on its way."""


class ExpiredLinkError(LinkError):
    """A signed link was good, but its time is over."""


def new_token() -> str:
    """Make an unguessable token of 256 bits for a cookie or an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return the 32 bytes to store and look up in place of a token (SHA-256: a random token needs no slow hash)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


class Seals:
    """Marks by which we know again what we gave out for one use; made with the active key for links, good with any that lives.

    So a form that was opened before the key was rotated, or in a process that started before, is not refused (F14).
    """

    def __init__(self, ring: KeyRing, use: str, *, length: int) -> None:
        self._ring, self._use, self._length = ring, use, length
        self._known: tuple[object, list[bytes]] = (None, [])

    def seal(self, text: str) -> str:
        """Return the mark of `text`: `length` hexadecimal digits."""
        return self._mark(text, self._living()[0])

    def is_ours(self, text: str, seal: str) -> bool:
        """Whether this is a mark of ours; anything may be asked."""
        given = seal.encode("utf-8", "replace")
        return any(hmac.compare_digest(self._mark(text, secret).encode(), given) for secret in self._living())

    def _living(self) -> list[bytes]:
        # Derived anew only when the ring was read anew: that costs ten times a mark, and each page has two.
        entries, known = self._ring.entries, self._known
        if entries is not known[0]:
            known = self._known = entries, [derive(key, self._use) for key in self._ring.living(Purpose.LINKS)]
        return known[1]

    def _mark(self, text: str, secret: bytes) -> str:
        return hmac.digest(secret, text.encode("utf-8", "replace"), "sha256").hex()[: self._length]


class SignedLinks:
    """Links that prove themselves; the subject can be read by anybody, so it must be an id and never personal."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def sign(self, purpose: str, subject: str, *, expires_at: datetime) -> str:
        """Make the token of a link for one purpose and subject, good before expires_at."""
        key = self._ring.active(Purpose.LINKS)
        expiry = int(expires_at.timestamp()).to_bytes(8, "big")
        content = VERSION + bytes.fromhex(key.id) + expiry + subject.encode()
        return base64.urlsafe_b64encode(content + _mac(key, content, purpose=purpose)).rstrip(b"=").decode()

    def read(self, token: str, *, purpose: str, now: datetime) -> str:
        """Return the subject; raises ExpiredLinkError for an old link, LinkError for any other fault."""
        content = self._proven(_decoded(token), purpose=purpose)
        expires_at = int.from_bytes(content[EXPIRY_START:SUBJECT_START], "big")
        if now >= datetime.fromtimestamp(expires_at, tz=UTC):
            raise ExpiredLinkError("This link has expired.")
        return content[SUBJECT_START:].decode()

    def _proven(self, signed: bytes, *, purpose: str) -> bytes:
        content, mac = signed[:-MAC_BYTES], signed[-MAC_BYTES:]
        try:
            key = self._ring.find(content[1:EXPIRY_START].hex(), purpose=Purpose.LINKS)
        except KeyRingError:
            raise LinkError("This link is not valid.") from None
        # The version is part of what is signed: an attacker cannot choose the algorithm.
        if not hmac.compare_digest(mac, _mac(key, content, purpose=purpose)):
            raise LinkError("This link is not valid.")
        return content


def _mac(key: Key, content: bytes, *, purpose: str) -> bytes:
    purpose_key = derive(key, f"link|{purpose}")
    return hmac.digest(purpose_key, content, hashlib.sha256)[:MAC_BYTES]  # 128 bits, as NIST SP 800-107, 5.3.3 allows


def _decoded(token: str) -> bytes:
    try:
        signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        signed = b""
    # The last letter of base64 has spare bits: only the one spelling that we write is accepted.
    is_ours = base64.urlsafe_b64encode(signed).rstrip(b"=") == token.encode("utf-8", "replace")
    if not is_ours or signed[:1] != VERSION or len(signed) < SUBJECT_START + MAC_BYTES:
        raise LinkError("This link is not valid.")
    return signed
