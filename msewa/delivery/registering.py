"""The register of offices as the operator keeps it: which have a gateway, and which are stopped (P26)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from msewa.catalogue.operations import reinstate_provider, suspend_provider
from msewa.catalogue.queries import catalogue, list_stops
from msewa.crypto.jose import PackageError
from msewa.delivery.operations import EndpointRefusedError, let_all_go, register_provider
from msewa.delivery.queries import count_waiting, find_active_key
from msewa.web import journal

MOST_ENDPOINT, MOST_AGREEMENT, MOST_KID = 300, 40, 80  # as their columns
SAME = ("kid", "crv", "x", "y")  # alike in these parts, two JWKs are one key
PRIVATE = "d"  # the part of a JWK that nobody but its owner may have


class RegisterError(Exception):
    """The register can't be changed so; the message says why in one line."""


def open_gateway(
    provider_id: str, *, endpoint: str, key: str, agreement: str, now: datetime, is_demo: bool, old_key_opens: bool = False
) -> None:
    """Let an office receive applications at `endpoint`, closed to `key` (a public JWK, as text), in place of any earlier gateway.

    What waits goes there too, closed to the earlier key: `old_key_opens` says that the office opens it all the same.
    """
    _refuse_unknown(provider_id)
    if len(endpoint) > MOST_ENDPOINT:
        raise RegisterError(f"The endpoint is longer than {MOST_ENDPOINT} signs.")
    if not 0 < len(agreement) <= MOST_AGREEMENT:
        raise RegisterError(f"Name the agreement in 1 to {MOST_AGREEMENT} signs.")
    jwk = _public(key)
    if not old_key_opens:
        _refuse_unopenable(provider_id, jwk=jwk)
    try:
        register_provider(provider_id, endpoint=endpoint, public_jwk=jwk, agreement=agreement, now=now, is_demo=is_demo)
    except EndpointRefusedError as error:
        raise RegisterError(str(error)) from None
    except PackageError:
        raise RegisterError("Packages can not be closed to this key: it must be an EC key on P-256.") from None
    journal.event("provider_registered", provider=provider_id)


def stop(provider_id: str, *, why: str) -> None:
    """Let nothing more go to an office; what waits for it goes on waiting."""
    _refuse_unknown(provider_id)
    if provider_id in list_stops():
        raise RegisterError(f"{provider_id} is stopped already.")
    suspend_provider(provider_id, why=why)
    journal.event("provider_stopped", provider=provider_id)


def resume(provider_id: str, *, now: datetime) -> None:
    """Let an office receive again, first what has waited for it."""
    _refuse_unknown(provider_id)
    if provider_id not in list_stops():
        raise RegisterError(f"{provider_id} is not stopped.")
    reinstate_provider(provider_id)
    let_all_go(provider_id, now=now)
    journal.event("provider_reinstated", provider=provider_id)


def _refuse_unknown(provider_id: str) -> None:
    if provider_id not in catalogue().providers:
        raise RegisterError(f"There is no office {provider_id!r}: its name is the last part of its address under /providers.")


def _refuse_unopenable(provider_id: str, *, jwk: Mapping[str, Any]) -> None:
    # What they were made of is gone, so nobody can close them to the new key; an office that takes what it can't open loses them.
    waiting, active = count_waiting(provider_id), find_active_key(provider_id)
    if waiting and (active is None or any(active.public_jwk.get(part) != jwk.get(part) for part in SAME)):
        raise RegisterError(
            f"Packages that wait for {provider_id}, closed to its earlier key: {waiting}; "
            "let them go before, or say --old-key-opens if its system still opens them."
        )


def _public(text: str) -> dict[str, Any]:
    try:
        jwk = json.loads(text)
    except ValueError:
        raise RegisterError("The key is no JSON: it must be one public key as a JWK.") from None
    if not isinstance(jwk, Mapping) or "kty" not in jwk:
        raise RegisterError("The key is no JWK: it must be one public key with kty, crv, x, y and kid.")
    held = cast(Mapping[str, Any], jwk)
    if PRIVATE in held:
        raise RegisterError("This is a private key: the office must make a new one, and give only its public half.")
    kid = held.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= MOST_KID:
        raise RegisterError(f"The key has no name: it must bear a kid of 1 to {MOST_KID} signs.")
    return dict(held)
