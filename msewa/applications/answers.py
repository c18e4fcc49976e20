"""One answer of an application: its value, where it comes from, and what was typed where that could not be read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from msewa.applications.rules import Source


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in its kept form (`value`), or as typed where it can't be used yet (`typed`); `at` is an ISO moment."""

    value: str = ""
    typed: str = ""
    source: Source = Source.TYPED
    at: str = ""


Page = Mapping[str, Answer]
Pages = Mapping[int, Page]


def to_json(page: Page) -> dict[str, Any]:
    """Return a page as plain data, for sealing."""
    return {key: asdict(answer) for key, answer in page.items()}


def from_json(content: Mapping[str, Any]) -> dict[str, Answer]:
    """Return a page from what was sealed."""
    return {key: Answer(**{**row, "source": Source(row["source"])}) for key, row in content.items()}


def version_of(page: Page) -> str:
    """Return a short text that differs where two pages differ; empty for one that nobody saved."""
    return hashlib.sha256(json.dumps(to_json(page), sort_keys=True).encode()).hexdigest()[:16] if page else ""


def value_of(key: str, *, pages: Pages) -> str:
    """Return the value of a field wherever it stands in the form; empty when there is none."""
    return next((page[key].value for page in pages.values() if key in page), "")
