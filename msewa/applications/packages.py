"""What is sent: the declared fields with an answer, the papers by their digests, and nothing else (P9, P27)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from msewa.applications.answers import Answer, Pages
from msewa.applications.queries import Case, Held
from msewa.applications.references import show_reference
from msewa.catalogue.rules import Definition
from msewa.crypto.canonical import canonical


@dataclass(frozen=True, slots=True)
class Package:
    """The payload in its one spelling (RFC 8785), the SHA-256 of those bytes in hex, and what they were made of."""

    payload: bytes
    digest: str
    answers: dict[str, Answer]
    papers: tuple[Held, ...]

    def values(self) -> dict[str, str]:
        """Return each line by its name, to tell later which of them changed."""
        fields = {f"field {key}": answer.value for key, answer in self.answers.items()}
        return fields | {f"paper {paper.key}": paper.sha256 for paper in self.papers}


def build_package(case: Case, definition: Definition, *, pages: Pages, papers: Sequence[Held]) -> Package:
    """Put together what would be sent now; optional fields left empty are not part of it."""
    answers = _answers(definition, pages=pages)
    by_key = {paper.key: paper for paper in papers}
    chosen = tuple(by_key[need.key] for need in definition.papers if need.key in by_key and not need.made_by_us)
    # Canonical, so that the same answers always have the same digest: it binds what is sent to what was shown.
    payload = canonical(
        {
            "reference": show_reference(case.reference),
            "service": definition.id,
            "version": definition.version,
            "provider": definition.provider,
            "fields": {key: answer.value for key, answer in answers.items()},
            "papers": [{"key": p.key, "name": p.name, "sha256": p.sha256, "size": p.size} for p in chosen],
        }
    )
    return Package(payload, hashlib.sha256(payload).hexdigest(), answers, chosen)


def _answers(definition: Definition, *, pages: Pages) -> dict[str, Answer]:
    """Return the answers in the order of the form, declared fields alone."""
    declared = set(definition.field_keys)
    return {
        key: answer
        for number, step in enumerate(definition.steps, 1)
        for key in step.fields
        if key in declared and (answer := pages.get(number, {}).get(key, Answer())).value
    }
