"""Where a provider may receive packages, and how long one takes to be called late."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from msewa.egress import LOOPBACK

PRETEND_SCHEME = "sandbox"


def find_endpoint_problem(endpoint: str, *, is_demo: bool) -> str | None:
    """Return why an endpoint is refused, None for a good one: HTTPS only, on a public host (P74).

    Demo mode also has pretend endpoints (`sandbox:<provider>`) and this same machine, for tests.
    """
    parts = _split(endpoint)
    if parts is None:
        return "The endpoint must be a web address in ASCII, without spaces, whose port can be one."
    if is_demo and (parts.scheme == PRETEND_SCHEME or parts.hostname in LOOPBACK):
        return None
    if parts.scheme != "https":
        return "The endpoint must begin with https://."
    if parts.username or parts.password or parts.fragment:
        return "The endpoint must carry no user, password or fragment."
    return None if _is_public(parts) else "The endpoint must be on a public host."


def _split(endpoint: str) -> SplitResult | None:
    # Nothing else could be asked for: beyond ASCII, hosts are written in punycode and paths in percent signs.
    is_sendable = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    try:
        parts = urlsplit(endpoint)
        return parts if is_sendable and parts.port != 0 else None
    except ValueError:
        return None


def _is_public(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        # A first sieve, for whoever registers a provider; where a name really leads is looked at each time (`egress`).
        return "." in host and not host.endswith((".local", ".internal", ".localhost"))
