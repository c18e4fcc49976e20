"""The register of purposes: every version that was ever published, and the one of each that holds."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import Any

import yaml
from flask import Flask, current_app, has_app_context

from msewa.consents.rules import Ground, Purpose
from msewa.consents.texts import Stamped, stamped_folders
from msewa.crypto.canonical import canonical
from msewa.web import clock
from msewa.web.errors import NoSuchRowError

WORDS = ("law", "title", "what", "why", "receivers", "term", "withdraw")
KEYS = {field.name for field in fields(Purpose)}
READERS = "purpose_readers"


class PurposeError(ValueError):
    """An entry of the register is not complete; nothing may be asked or used under it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The very bytes that a notice shows in one language, and their SHA-256 in 64 hex digits."""

    purpose_id: str
    version: int
    language: str
    content: bytes
    sha256: str


def purposes() -> Mapping[str, Purpose]:
    """Return each purpose in the version that holds today, by its id, in the order of the register."""
    return _current(_stamped(), clock.day_of(clock.now()) if has_app_context() else date.max)


def every_version() -> Mapping[tuple[str, int], Purpose]:
    """Return every version of every purpose that was ever published."""
    return _all(_stamped())


def get_purpose(purpose_id: str, *, version: int | None = None) -> Purpose:
    """Return a purpose, in the version that holds unless told; NoSuchRowError when it was never published."""
    known = purposes().get(purpose_id) if version is None else every_version().get((purpose_id, version))
    if known is None:
        raise NoSuchRowError(purpose_id)
    return known


def read_by(app: Flask, reader: str, *purpose_ids: str) -> None:
    """Note at start that the module `reader` acts under these purposes, and asks before it does."""
    app.extensions.setdefault(READERS, set[tuple[str, str]]()).update((reader, purpose_id) for purpose_id in purpose_ids)


def is_read(purpose: Purpose) -> bool:
    """Whether the code that a purpose names as its reader acts under it: what nothing is done for is not asked for (P34)."""
    return (purpose.reader, purpose.id) in current_app.extensions[READERS]


def law_cited_as(citation: str) -> Mapping[str, str]:
    """Return a law in every language by its English citation, the one that receipts carry; a law of no purpose stays as it is cited."""
    known = (purpose.law for purpose in every_version().values())
    return next((law for law in known if law["en"] == citation), dict.fromkeys(("en", "pa", "hi"), citation))


@cache
def shown(purpose: Purpose, language: str) -> Shown:
    """Return what the purpose's own page says in a language, as bytes: what a choice is bound to."""
    words = {key: getattr(purpose, key)[language] for key in WORDS}
    facts = {"id": purpose.id, "version": purpose.version, "ground": purpose.ground, "valid_days": purpose.valid_days}
    content = canonical({**facts, "language": language, "categories": list(purpose.categories), **words})
    return Shown(purpose.id, purpose.version, language, content, hashlib.sha256(content).hexdigest())


def _stamped() -> tuple[Stamped, ...]:
    return tuple(stamped_folders())


@cache
def _all(stamped: tuple[Stamped, ...]) -> Mapping[tuple[str, int], Purpose]:
    paths = [path for folder, _ in stamped for path in sorted(folder.glob("purposes*.yaml"))]
    rows = [row for path in paths for row in yaml.safe_load(path.read_text(encoding="utf-8"))]
    found = [purpose_of(row) for row in rows]
    known = {(one.id, one.version): one for one in found}
    if len(known) != len(found):
        raise PurposeError("A version of a purpose stands in the register twice.")
    return known


@cache
def _current(stamped: tuple[Stamped, ...], today: date) -> Mapping[str, Purpose]:
    every = _all(stamped).values()
    # A clock before the first day finds the first purposes: sending must not stop for it.
    day = max(today, min(purpose.effective_on for purpose in every))
    in_force = sorted((purpose for purpose in every if purpose.effective_on <= day), key=lambda purpose: purpose.version)
    latest = {purpose.id: purpose for purpose in in_force}
    return dict(sorted(latest.items(), key=lambda item: item[1].number))


def purpose_of(row: dict[str, Any]) -> Purpose:
    """Return an entry of the register as a purpose; raises PurposeError for one that lacks its reader or words."""
    known = {key: value for key, value in row.items() if key in KEYS}
    if len(known) != len(row) or any(set(row.get(key, {})) != {"en", "pa", "hi"} for key in WORDS) or not row.get("reader"):
        raise PurposeError(f"Purpose {row.get('id')} lacks its reader or words, or has more than it may.")
    made: dict[str, Any] = {**known, "ground": Ground(row["ground"]), "categories": tuple(row["categories"])}
    return Purpose(**made)
