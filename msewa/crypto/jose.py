"""Packages for providers: signed by us (JWS), then encrypted to the provider alone (JWE)."""

from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry

from msewa.crypto.keyring import Key, Purpose

# One algorithm each, never what a header asks for. "Ed25519" is what RFC 9864 calls the older "EdDSA".
SIGN, AGREE, ENCRYPT, CURVE = "Ed25519", "ECDH-ES+A256KW", "A256GCM", "P-256"
SIGNATURE_TYPE, CONTENT_TYPE = "JWS", "JWT"
# Scanned papers travel inside: more than joserfc's 64 kB, and still an end.
MAX_PACKAGE_BYTES = 48 * 1024 * 1024

Jwk = dict[str, Any]


class PackageError(Exception):
    """A package or a key for packages is not what it should be; why is never said."""

    def __init__(self) -> None:
        super().__init__("The package does not open.")


class _Encrypting(JWERegistry):
    max_ciphertext_length = MAX_PACKAGE_BYTES


class _Signing(JWSRegistry):
    max_payload_length = MAX_PACKAGE_BYTES


JWE_ONLY = _Encrypting(algorithms=[AGREE, ENCRYPT])
JWS_ONLY = _Signing(algorithms=[SIGN])


def new_provider_pair(kid: str) -> tuple[Jwk, Jwk]:
    """Make a provider's public and private key as JWKs (P-256, which department systems and their HSMs all know)."""
    pair = ECKey.generate_key(CURVE, {"kid": kid, "use": "enc", "alg": AGREE})
    return cast(Jwk, pair.as_dict(private=False)), cast(Jwk, pair.as_dict(private=True))


def public_jwk(signing: Key) -> Jwk:
    """Return the public half of our signing key as a JWK, for providers to check us by."""
    facts = {"kid": signing.id, "use": "sig", "alg": SIGN}
    return cast(Jwk, _signer(signing).as_dict(private=False)) | facts


def sign_package(payload: bytes, *, signing: Key) -> str:
    """Sign a payload as a compact JWS; the payload itself must name the provider it is meant for."""
    header = {"alg": SIGN, "kid": signing.id, "typ": SIGNATURE_TYPE}
    return jws.serialize_compact(header, payload, _signer(signing), registry=JWS_ONLY)


def encrypt_package(signed: str, *, to: Jwk) -> str:
    """Encrypt a signed package to a provider's public JWK (compact JWE); raises PackageError for another key type."""
    header = {"alg": AGREE, "enc": ENCRYPT, "kid": to.get("kid", ""), "cty": CONTENT_TYPE}
    try:
        return jwe.encrypt_compact(header, signed, _recipient(to), registry=JWE_ONLY)
    except (JoseError, ValueError):
        raise PackageError from None


def open_package(package: str, *, private: Jwk, sender: Jwk) -> bytes:
    """Decrypt a package and check its signature, as its provider does; raises PackageError for every fault alike."""
    try:
        return _opened(package, private=private, sender=sender)
    except (JoseError, ValueError, KeyError, TypeError):
        raise PackageError from None


def _opened(package: str, *, private: Jwk, sender: Jwk) -> bytes:
    closed = jwe.decrypt_compact(package, _recipient(private), registry=JWE_ONLY)
    expected = {"alg": AGREE, "enc": ENCRYPT, "kid": private["kid"], "cty": CONTENT_TYPE}
    if {name: value for name, value in closed.headers().items() if name != "epk"} != expected or closed.plaintext is None:
        raise PackageError
    signed = jws.deserialize_compact(closed.plaintext, OKPKey.import_key(sender), registry=JWS_ONLY)
    if signed.headers() != {"alg": SIGN, "kid": sender["kid"], "typ": SIGNATURE_TYPE}:
        raise PackageError
    return signed.payload


def _recipient(jwk: Jwk) -> ECKey:
    if jwk.get("kty") != "EC" or jwk.get("crv") != CURVE:
        raise PackageError
    return ECKey.import_key(jwk)


def _signer(signing: Key) -> OKPKey:
    private = Ed25519PrivateKey.from_private_bytes(signing.secret_for(Purpose.SIGNING))
    return OKPKey.import_key(private)
