"""What goes into a search index, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ReasonKind = Literal["name", "other_name", "keyword", "meaning", "spelling", "category", "provider"]


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One service as people may look for it; names are keyed by language, `popular` breaks ties."""

    id: str
    names: Mapping[str, str]
    summary: str = ""
    keywords: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    popular: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an entry was found: the kind of text that matched, and that text."""

    kind: ReasonKind
    words: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A found entry; a higher score is a better match, comparable within one search only."""

    id: str
    score: float
    reason: Reason
