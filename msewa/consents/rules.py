"""What a published text is made of."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Block:
    """One of: a paragraph, a list, or the rows of a table of which the first is its head."""

    text: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of a published text in one language; `sha256` (64 hex digits) is over the words alone, so it never changes."""

    name: str
    version: str
    language: str
    effective_on: date
    sections: tuple[Section, ...]
    sha256: str
