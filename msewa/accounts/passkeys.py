"""Passkeys (W3C WebAuthn Level 3): what a browser is asked for, and whether its answer is right. Pure: all is passed in."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

# The library is loaded at the first use, by an officer: to serve citizens a process would carry its five megabytes for nothing.
LONGEST_ANSWER = 8192  # signs; a browser's answer takes about one thousand


class PasskeyError(Exception):
    """A browser's answer is not what was asked for."""


class Site(NamedTuple):
    """Where passkeys are good: the site's domain, and the origin of its pages."""

    domain: str
    origin: str


class NewKey(NamedTuple):
    """A passkey that was just made: its id, its public key (COSE), and how often it says that it was used."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def ask_for_new(site: Site, *, user: bytes, shown_as: str, challenge: bytes, known: Iterable[bytes]) -> str:
    """Return the JSON that asks a browser for a new passkey, on a device that holds none of `known`.

    `user` is random to everybody else; `shown_as` is what the device lists it under. No attestation: it would name the model (P13).
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import AuthenticatorSelectionCriteria, ResidentKeyRequirement, UserVerificationRequirement

    options = generate_registration_options(
        rp_id=site.domain,
        rp_name="mSewa",
        user_id=user,
        user_name=shown_as,
        challenge=challenge,
        exclude_credentials=_described(known),
        # It only ever follows a password, so the device need not keep a list of accounts, nor ask for a fingerprint of its own accord.
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return options_to_json(options)


def ask_for_known(site: Site, *, challenge: bytes, known: Iterable[bytes]) -> str:
    """Return the JSON that asks a browser to prove one of the passkeys `known`."""
    from webauthn import generate_authentication_options, options_to_json

    return options_to_json(generate_authentication_options(rp_id=site.domain, challenge=challenge, allow_credentials=_described(known)))


def read_new(answer: str, *, site: Site, challenge: bytes) -> NewKey:
    """Return the passkey that a browser made. Raises PasskeyError."""
    from webauthn import verify_registration_response

    try:
        made = verify_registration_response(
            credential=_opened(answer), expected_challenge=challenge, expected_rp_id=site.domain, expected_origin=site.origin
        )
    except Exception as error:  # what parses foreign bytes may fail in any way, and every way is a no
        raise PasskeyError from error
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count)


def credential_of(answer: str) -> bytes:
    """Return the id of the passkey that an answer says it was made with. Raises PasskeyError."""
    from webauthn.helpers import base64url_to_bytes

    try:
        return base64url_to_bytes(_opened(answer)["rawId"])
    except (KeyError, TypeError, ValueError) as error:
        raise PasskeyError from error


def check(answer: str, *, site: Site, challenge: bytes, public_key: bytes, sign_count: int) -> int:
    """Return how often a passkey says that it was used, once its answer is right. Raises PasskeyError."""
    from webauthn import verify_authentication_response

    try:
        proven = verify_authentication_response(
            credential=_opened(answer),
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
        )
    except Exception as error:  # as above
        raise PasskeyError from error
    return proven.new_sign_count


def _described(known: Iterable[bytes]) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=one) for one in known]


def _opened(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyError
    try:
        opened = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise PasskeyError from error
    if not isinstance(opened, dict):
        raise PasskeyError
    return opened
