"""Detached signatures over canonical JSON: Ed25519, as a compact JWS without its payload (RFC 7515, appendix F)."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from msewa.crypto.canonical import CanonicalError, canonical
from msewa.crypto.jose import SIGN, Jwk
from msewa.crypto.keyring import Key, Purpose

MAX_SIGNATURE = 600


class UnknownSignerError(Exception):
    """What is given as a signature was not made with one of the keys at hand."""


class BadSignatureError(Exception):
    """A key of ours is named, but the content is not what it signed."""


class _Registry(JWSRegistry):
    max_payload_length = 1024 * 1024


ONLY = _Registry(algorithms=[SIGN])


def public_half(key: Key, *, purpose: Purpose) -> Jwk:
    """Return the public half of a signing key as a JWK with its kid."""
    facts = {"kid": key.id, "use": "sig", "alg": SIGN}
    return cast(Jwk, _pair(key, purpose=purpose).as_dict(private=False)) | facts


def sign_detached(content: bytes, *, key: Key, purpose: Purpose) -> str:
    """Sign bytes; return `<header>..<signature>`, the content itself left out."""
    token = jws.serialize_compact({"alg": SIGN, "kid": key.id}, content, _pair(key, purpose=purpose), registry=ONLY)
    header, _, signature = token.split(".")
    return f"{header}..{signature}"


def check_detached(content: bytes, signature: str, *, keys: Sequence[Jwk]) -> str:
    """Return the kid of the key that signed these bytes; raises UnknownSignerError or BadSignatureError."""
    header, signer = _parts(signature, keys=keys)
    payload = urlsafe_b64encode(content).rstrip(b"=").decode()
    try:
        jws.deserialize_compact(f"{header}.{payload}.{signature.rpartition('.')[2]}", OKPKey.import_key(signer), registry=ONLY)
    except (JoseError, ValueError):
        raise BadSignatureError from None
    return str(signer["kid"])


def check_document(document: dict[str, Any], signature: str, *, keys: Sequence[Jwk]) -> None:
    """Check a signature over a document's canonical spelling; raises as `check_detached`, also where it has none: we sign no such."""
    try:
        content = canonical(document)
    except CanonicalError:
        content = b""
    check_detached(content, signature, keys=keys)


def _parts(signature: str, *, keys: Sequence[Jwk]) -> tuple[str, Jwk]:
    """Return the protected header as it was sent, and the key it names; nothing else in it is ever taken from the sender."""
    header, _, rest = signature.partition(".")
    if len(signature) > MAX_SIGNATURE or not rest.startswith("."):
        raise UnknownSignerError
    # By its spelling and not by what it says: a header of any other spelling could carry more than we sign.
    for key in keys:
        if header == _header(str(key["kid"])):
            return header, key
    raise UnknownSignerError


def _header(kid: str) -> str:
    empty = f'{{"alg":"{SIGN}","kid":"{kid}"}}'
    return urlsafe_b64encode(empty.encode()).rstrip(b"=").decode()


def _pair(key: Key, *, purpose: Purpose) -> OKPKey:
    pair: Any = Ed25519PrivateKey.from_private_bytes(key.secret_for(purpose))
    return OKPKey.import_key(pair)
