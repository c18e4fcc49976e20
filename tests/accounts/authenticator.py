"""A device that holds passkeys, in software: it answers what a page asks of a browser (W3C WebAuthn Level 3, ES256, no attestation)."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT_AND_VERIFIED, WITH_KEY = 0x05, 0x40


@dataclass
class Authenticator:
    """A device of somebody's own; `origin` is the page that it believes to stand on."""

    origin: str = "http://localhost"
    site: str = "localhost"
    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    users: list[str] = field(default_factory=list)
    uses: int = 0

    def create(self, asked: str) -> str:
        """Make a passkey as the page asks; return what the browser would send."""
        options = json.loads(asked)
        self.users.append(options["user"]["id"])
        name, key = secrets.token_bytes(32), ec.generate_private_key(ec.SECP256R1())
        self.keys[_text(name)] = key
        held = bytes(16) + len(name).to_bytes(2, "big") + name + _cose(key)
        answer = {"fmt": "none", "attStmt": {}, "authData": self._data(PRESENT_AND_VERIFIED | WITH_KEY) + held}
        said = {"clientDataJSON": self._client("webauthn.create", options), "attestationObject": _text(cbor2.dumps(answer))}
        return _answer(_text(name), said)

    def get(self, asked: str, *, name: str | None = None) -> str:
        """Prove the first of the asked passkeys that this device holds, or the one of this `name`."""
        options = json.loads(asked)
        name = name or next(one["id"] for one in options["allowCredentials"] if one["id"] in self.keys)
        client = self._client("webauthn.get", options)
        data = self._data(PRESENT_AND_VERIFIED)
        signature = self.keys[name].sign(data + hashlib.sha256(_bytes(client)).digest(), ec.ECDSA(SHA256()))
        return _answer(name, {"clientDataJSON": client, "authenticatorData": _text(data), "signature": _text(signature)})

    def _data(self, flags: int) -> bytes:
        self.uses += 1
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> str:
        return _text(json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}).encode())


def _cose(key: ec.EllipticCurvePrivateKey) -> bytes:
    point = key.public_key().public_numbers()
    return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})


def _answer(name: str, response: dict[str, str]) -> str:
    return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}})


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
