"""Two people who leave traces like no other: what must not be found again, in any spelling."""

import base64
import hashlib
import ipaddress
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

# Anything shorter stands somewhere in megabytes of catalogue by chance.
SHORTEST = 6


@dataclass(slots=True)
class Walker:
    """One person at one browser: who she is in the demonstration, and what only her requests carry."""

    name: str
    card: dict[str, Any] = field(repr=False)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    references: list[str] = field(default_factory=list[str])
    cookies: set[str] = field(default_factory=set[str], repr=False)

    @property
    def agent(self) -> str:
        """What her browser says of itself."""
        return f"Mozilla/5.0 (Linux; Android 10; {self.token}A) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"

    @property
    def address(self) -> str:
        """Where her requests come from: an address of the block that is kept for documentation."""
        digest = hashlib.sha256(self.token.encode()).digest()
        return str(ipaddress.IPv6Address(b"\x20\x01\x0d\xb8" + digest[:12]))

    @property
    def accepted_languages(self) -> str:
        """Which languages her browser asks for."""
        return f"pa-x-{self.token[:8]},pa;q=0.9,en;q=0.5"

    @property
    def search_words(self) -> str:
        """What she looks for."""
        return f"zq{self.token}q"

    @property
    def path_id(self) -> str:
        """Part of an address that only she opens."""
        return f"p-{self.token}-id"

    def traces(self) -> dict[str, str]:
        """Return everything that may be found nowhere at all, by what it is; parts too, for a longer text may be cut off."""
        return {
            "browser": self.agent,
            "model of device": f"{self.token}A",
            "address": self.address,
            # An address without its last groups still leads to a line, and so to a household.
            "network": ":".join(self.address.split(":")[:5]),
            "languages": self.accepted_languages,
            "language": f"pa-x-{self.token[:8]}",
            "search words": self.search_words,
            "path": self.path_id,
            # The beginning of what only she sends, for whoever keeps a line cut short.
            "mark": self.token[:10],
        }


def spellings(text: str, *, hashed: bool = True) -> set[bytes]:
    """Return a trace in the forms in which it might lie about: plain, encoded, and (`hashed`) as the usual hashes without a key."""
    plain = text.encode()
    forms = {plain, text.lower().encode(), text.upper().encode(), quote(text).encode(), json.dumps(text)[1:-1].encode()}
    forms |= {text.encode("utf-16-le"), text.encode("utf-16-be")}
    forms |= _packed(text)
    for name in ("sha256", "sha512", "sha3_256", "blake2b") if hashed else ():
        forms.add(hashlib.new(name, plain, usedforsecurity=False).digest())
    # Of the hashes too: whoever keeps one keeps it as text, as a rule.
    for form in [*forms]:
        forms |= {form.hex().encode(), form.hex().upper().encode(), *_in_base64(form)}
    return {form for form in forms if len(form) >= SHORTEST}


def _packed(text: str) -> set[bytes]:
    try:
        address = ipaddress.ip_address(text)
        return {address.packed, address.exploded.encode()}
    except ValueError:
        return set()


def _in_base64(form: bytes) -> set[bytes]:
    found: set[bytes] = set()
    for offset in range(3):
        # What stands before it shifts base64 by none, one or two bytes; the ends depend on the neighbours.
        padded = b"\0" * offset + form
        for encoded in (base64.b64encode(padded), base64.urlsafe_b64encode(padded)):
            found.add(encoded[4 if offset else 0 : -4])
    return found
