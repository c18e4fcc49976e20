"""Long lists, cut into pages that the address names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask_babel import gettext

from msewa.web.forms import ascii_digits

Row = TypeVar("Row")
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Cut(Generic[Row]):
    """One page of a list; `links` is for ui.pager: (label, address), the page one is on without an address."""

    rows: Sequence[Row]
    links: list[tuple[str, str | None]]


def cut(rows: Sequence[Row], arguments: Mapping[str, str], address: Callable[[int], str], *, size: int = PAGE_SIZE) -> Cut[Row]:
    """Cut the page that `arguments` names; what is no number is page 1, what is beyond the end the last one."""
    pages = max(1, -(-len(rows) // size))
    page = min(_page_number(arguments.get("page", "")), pages)
    links: list[tuple[str, str | None]] = [(gettext("Page %(page)s of %(pages)s", page=page, pages=pages), None)]
    if page > 1:
        links.insert(0, (gettext("Earlier page"), address(page - 1)))
    if page < pages:
        links.append((gettext("Next page"), address(page + 1)))
    return Cut(rows[(page - 1) * size : page * size], links if pages > 1 else [])


def address_of(path: str, asked: Mapping[str, Any]) -> str:
    """Write an address with what is asked for; the first page and what is empty go unsaid."""
    said = {name: value for name, value in asked.items() if value and (name, value) != ("page", 1)}
    return path + ("?" + urlencode(said) if said else "")


def _page_number(text: str) -> int:
    digits = ascii_digits(text)
    # No list here has a thousand pages, and a text of thousands of digits makes `int` raise.
    return max(1, int(digits)) if digits.isascii() and digits.isdecimal() and len(digits) < 4 else 1
