"""Packages: readable by one provider alone, signed by us, with no choice of algorithm."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwe, jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from msewa.crypto.jose import (
    Jwk,
    PackageError,
    encrypt_package,
    new_provider_pair,
    open_package,
    public_jwk,
    sign_package,
)
from msewa.crypto.keyring import Key, KeyRing, Purpose, WrongPurposeError

PUBLIC, PRIVATE = new_provider_pair("provider-1")


@pytest.fixture
def signing(ring: KeyRing) -> Key:
    return ring.active(Purpose.SIGNING)


@pytest.fixture
def package(signing: Key) -> str:
    return encrypt_package(sign_package(b"an application", signing=signing), to=PUBLIC)


def with_header(token: str, change: Callable[[dict[str, Any]], object]) -> str:
    first, rest = token.split(".", 1)
    header = json.loads(base64.urlsafe_b64decode(first + "=="))
    change(header)
    return base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode() + "." + rest


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(payload=st.binary(max_size=2000))
def test_a_provider_opens_what_was_sent_to_it(payload: bytes, signing: Key) -> None:
    package = encrypt_package(sign_package(payload, signing=signing), to=PUBLIC)

    assert open_package(package, private=PRIVATE, sender=public_jwk(signing)) == payload


def test_a_package_with_scanned_papers_fits(signing: Key) -> None:
    payload = bytes(5 * 1024 * 1024)

    package = encrypt_package(sign_package(payload, signing=signing), to=PUBLIC)

    assert open_package(package, private=PRIVATE, sender=public_jwk(signing)) == payload


def test_keys_say_what_they_are_for_and_public_ones_hold_no_secret(signing: Key) -> None:
    ours = public_jwk(signing)

    assert (PUBLIC["kid"], PUBLIC["crv"], PUBLIC["use"], PUBLIC["alg"]) == (
        "provider-1",
        "P-256",
        "enc",
        "ECDH-ES+A256KW",
    )
    assert (ours["kid"], ours["crv"], ours["use"], ours["alg"]) == (signing.id, "Ed25519", "sig", "Ed25519")
    assert "d" not in PUBLIC | ours
    assert "d" in PRIVATE


def test_another_provider_cannot_open_it(package: str, signing: Key) -> None:
    _, stranger = new_provider_pair("provider-1")

    with pytest.raises(PackageError):
        open_package(package, private=stranger, sender=public_jwk(signing))


def test_a_package_signed_by_another_is_refused(package: str, ring: KeyRing, signing: Key, now: Any) -> None:
    other = ring.rotate(Purpose.SIGNING, now=now)

    with pytest.raises(PackageError):
        open_package(package, private=PRIVATE, sender=public_jwk(other))
    with pytest.raises(PackageError):
        open_package(package, private=PRIVATE, sender=public_jwk(other) | {"kid": signing.id})


def test_a_changed_letter_anywhere_is_refused(package: str, signing: Key) -> None:
    sender = public_jwk(signing)

    for position, letter in enumerate(package):
        other = "B" if letter == "A" else "A"
        with pytest.raises(PackageError):
            open_package(package[:position] + other + package[position + 1 :], private=PRIVATE, sender=sender)


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"}, {"alg": "dir"}, {"alg": "ECDH-ES"}, {"alg": "ECDH-ES+A128KW"}, {"alg": "RSA1_5"},
        {"alg": "A256KW"}, {"alg": 5}, {"enc": "A128GCM"}, {"enc": "A256CBC-HS512"}, {"zip": "DEF"},
        {"kid": "provider-2"}, {"cty": "text"},
    ],
    ids=str,
)  # fmt: skip
def test_a_swapped_header_is_refused(package: str, signing: Key, change: dict[str, Any]) -> None:
    swapped = with_header(package, lambda header: header.update(change))

    with pytest.raises(PackageError):
        open_package(swapped, private=PRIVATE, sender=public_jwk(signing))


@pytest.mark.parametrize("missing", ["alg", "enc", "kid", "cty", "epk"])
def test_a_missing_header_is_refused(package: str, signing: Key, missing: str) -> None:
    swapped = with_header(package, lambda header: header.pop(missing))

    with pytest.raises(PackageError):
        open_package(swapped, private=PRIVATE, sender=public_jwk(signing))


def encrypted(plaintext: str | bytes, **header: str) -> str:
    usual = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": "provider-1", "cty": "JWT"}
    return jwe.encrypt_compact(usual | header, plaintext, ECKey.import_key(PUBLIC), algorithms=[
        "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW", "A128GCM", "A256GCM", "DEF",
    ])  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [{"alg": "ECDH-ES"}, {"alg": "ECDH-ES+A128KW"}, {"enc": "A128GCM"}, {"zip": "DEF"}, {"kid": "other"}, {"cty": "x"}],
    ids=str,
)
def test_a_whole_package_made_with_another_algorithm_is_refused(signing: Key, header: dict[str, str]) -> None:
    package = encrypted(sign_package(b"an application", signing=signing), **header)

    with pytest.raises(PackageError):
        open_package(package, private=PRIVATE, sender=public_jwk(signing))


def test_an_unsigned_package_is_refused(signing: Key) -> None:
    unsigned = "eyJhbGciOiJub25lIn0." + base64.urlsafe_b64encode(b"an application").rstrip(b"=").decode() + "."

    for plaintext in (unsigned, b"an application", b"", b"\xff"):
        with pytest.raises(PackageError):
            open_package(encrypted(plaintext), private=PRIVATE, sender=public_jwk(signing))


def test_a_signature_made_with_our_public_key_as_a_password_is_refused(signing: Key) -> None:
    # The old trick: HMAC keyed with what everybody knows, for a checker that believes the header.
    sender = public_jwk(signing)
    known = OctKey.import_key(json.dumps(sender).encode())
    forged = jws.serialize_compact({"alg": "HS256", "kid": sender["kid"], "typ": "JWS"}, b"forged", known)

    with pytest.raises(PackageError):
        open_package(encrypted(forged), private=PRIVATE, sender=sender)


def test_a_key_inside_the_signature_is_never_believed(signing: Key) -> None:
    thief = OKPKey.generate_key("Ed25519")
    header = {"alg": "Ed25519", "kid": signing.id, "typ": "JWS", "jwk": thief.as_dict(private=False)}
    forged = jws.serialize_compact(header, b"forged", thief, algorithms=["Ed25519"])

    with pytest.raises(PackageError):
        open_package(encrypted(forged), private=PRIVATE, sender=public_jwk(signing))


@pytest.mark.parametrize("change", [{"typ": "receipt"}, {"kid": "other"}, {"cty": "text"}], ids=str)
def test_our_signature_on_something_else_is_no_package(signing: Key, change: dict[str, str]) -> None:
    ours = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(signing.secret))
    header = {"alg": "Ed25519", "kid": signing.id, "typ": "JWS"} | change
    signed = jws.serialize_compact(header, b"a receipt", ours, algorithms=["Ed25519"])

    with pytest.raises(PackageError):
        open_package(encrypted(signed), private=PRIVATE, sender=public_jwk(signing))


def other_keys() -> list[Jwk]:
    curve = ECKey.generate_key("P-384").as_dict(private=False)
    agreement = OKPKey.generate_key("X25519").as_dict(private=False)
    numbers = RSAKey.import_key(rsa.generate_private_key(65537, 2048)).as_dict(private=False)
    off_curve = PUBLIC | {"y": PUBLIC["x"]}
    return [dict(curve), dict(agreement), dict(numbers), off_curve, {}, {"kty": "oct", "k": "AAAA"}]


def test_only_a_p_256_key_is_encrypted_to(signing: Key) -> None:
    signed = sign_package(b"an application", signing=signing)

    for key in other_keys():
        with pytest.raises(PackageError):
            encrypt_package(signed, to=key)


def test_only_the_signing_key_signs(ring: KeyRing) -> None:
    with pytest.raises(WrongPurposeError):
        sign_package(b"an application", signing=ring.active(Purpose.LEDGER))
