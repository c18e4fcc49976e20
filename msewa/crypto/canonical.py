"""One spelling for each JSON value (RFC 8785), so that the same content always has the same digest."""

import hashlib
import json
from typing import Any, cast

import rfc8785


class CanonicalError(ValueError):
    """A value has no canonical spelling here: a float, an integer beyond 2**53, a lone surrogate, another type."""


def canonical(value: Any) -> bytes:
    """Spell out dicts, lists, strings, integers, booleans and None; raises CanonicalError for anything else, and hundreds of levels."""
    try:
        if not _has_float(value):
            return rfc8785.dumps(value)
    except (ValueError, RecursionError):
        pass
    # Raised out here: the library's error may quote the value.
    raise CanonicalError("no canonical spelling")


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical spelling in 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def read_object(text: str) -> dict[str, Any] | None:
    """Return a JSON object whose names are each said once; None for any other text."""
    try:
        document: Any = json.loads(text, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        return None
    return cast(dict[str, Any], document) if isinstance(document, dict) else None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of a name said twice one program reads the first and another the last: such a text says two things under one signature.
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name is said twice")
    return dict(pairs)


def _has_float(value: Any) -> bool:
    # Money is integer paise and shares are basis points: a float here is a mistake, whichever way it would round.
    if isinstance(value, dict):
        return any(_has_float(item) for item in cast(dict[Any, Any], value).values())
    if isinstance(value, list | tuple):
        return any(_has_float(item) for item in cast(list[Any], value))
    return isinstance(value, float)
