"""What the product holds about a person, feature by feature: gathered for her and for the seal, and ended with her account.

A feature offers one `Holding` for its tables. Her download, the sealed bundle and the erasure all go through the same list, so that what
can be erased can be shown, and what is shown can be erased.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app
from sqlalchemy import ColumnElement

from msewa.ledger.rules import Subject

File = tuple[str, bytes]  # a path such as "applications/<reference>/photo.jpg", and its content


def _no_files(subject: Subject) -> Iterator[File]:
    yield from ()


@dataclass(frozen=True, slots=True)
class Holding:
    """One feature's part of what is held: `gather` opens it (JSON), `files` yields its files, `erase` removes it by account id.

    `tables` are those whose rows about her `erase` removes; both work in the caller's transaction and neither commits. Of a table in
    `told` she may know of the rows of which its condition is true, and of no others: not even how many there are.
    """

    section: str
    tables: tuple[str, ...]
    gather: Callable[[Subject], Any]
    erase: Callable[[str], None]
    files: Callable[[Subject], Iterator[File]] = _no_files
    told: Mapping[str, ColumnElement[bool]] = field(default_factory=dict[str, ColumnElement[bool]])


def hold(app: Flask, holding: Holding) -> None:
    """Add a feature's holding; erasing goes through them in the reverse order of adding, so that children go before parents."""
    app.extensions.setdefault("holdings", []).append(holding)


def holdings() -> tuple[Holding, ...]:
    """Return every feature's holding, in the order of adding."""
    return tuple(current_app.extensions["holdings"])
