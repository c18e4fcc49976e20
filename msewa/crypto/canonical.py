"""One spelling for each JSON value (RFC 8785), so that the same content always has the same digest."""

import hashlib
from typing import Any, cast

import rfc8785


class CanonicalError(ValueError):
    """A value has no canonical spelling here: a float, an integer beyond 2**53, a lone surrogate, another type."""


def canonical(value: Any) -> bytes:
    """Spell out dicts, lists, strings, integers, booleans and None; raises CanonicalError for anything else."""
    if _has_float(value):
        raise CanonicalError("no canonical spelling")
    try:
        return rfc8785.dumps(value)
    except ValueError:
        pass
    # Raised out here: the library's error may quote the value.
    raise CanonicalError("no canonical spelling")


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical spelling in 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _has_float(value: Any) -> bool:
    # Money is integer paise and shares are basis points: a float here is a mistake, whichever way it would round.
    if isinstance(value, dict):
        return any(_has_float(item) for item in cast(dict[Any, Any], value).values())
    if isinstance(value, list | tuple):
        return any(_has_float(item) for item in cast(list[Any], value))
    return isinstance(value, float)
