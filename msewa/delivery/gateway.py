"""Departments: who receives packages. The sandbox has pretend ones."""

import json
from dataclasses import dataclass, field
from typing import Any, Protocol

from msewa import egress

TAKEN = (200, 201, 202)
LONGEST_RECEIPT = 120


class NotAcceptedError(egress.OutsideError):
    """The department's system did not take the package this time; only the status of its answer is kept, as the reason."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A closed package on its way; `id` is the same at every try, so that the department can tell a repeat."""

    id: str
    provider_id: str
    endpoint: str
    jwe: str = field(repr=False)


class Departments(Protocol):
    """Whoever takes packages to departments; `post` returns the department's receipt, or raises."""

    def post(self, parcel: Parcel) -> str:
        """Hand over one package."""
        ...


class HttpDepartments:
    """Takes packages to departments over HTTPS; each answers with JSON {"receipt": "..."}."""

    def __init__(self, *, allow_loopback: bool = False) -> None:
        self._allow_loopback = allow_loopback

    def post(self, parcel: Parcel) -> str:
        """Hand over one package; raises NotAcceptedError or EgressError, and the outbox tries again."""
        headers = {"Content-Type": "application/jose", "Accept": "application/json", "Idempotency-Key": parcel.id}
        answer = egress.post(parcel.endpoint, parcel.jwe.encode(), headers=headers, allow_loopback=self._allow_loopback, only_public=True)
        if answer.status not in TAKEN:
            raise NotAcceptedError(answer.status)
        return _receipt(answer.body)


def _receipt(body: bytes) -> str:
    """Return the receipt of an answer. Taken is taken: an answer that tells none leaves it empty."""
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    receipt = content.get("receipt") if isinstance(content, dict) else None
    # Another system wrote it, and she reads it on her page: short, and without control characters.
    return receipt[:LONGEST_RECEIPT] if isinstance(receipt, str) and receipt.isprintable() else ""
