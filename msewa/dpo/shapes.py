"""What a drafted file must be made of, checked before anything is read out of it: what is published once is read by every page."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from msewa.consents.purposes import WORDS

LANGUAGES = {"en", "pa", "hi"}
# It becomes the name of a file, so of digits ASCII's alone.
VERSION = re.compile(r"\d{1,4}(\.\d{1,4})?", re.ASCII)
ID = re.compile(r"[a-z]{2,20}(\.[a-z]{2,19})?")


def is_text(content: Any) -> bool:
    """Whether a file has the parts of a notice, whatever its words are."""
    try:
        ids = [section["id"] for section in content["sections"] if _is_section(section)]
        # Of two sections with one id a comparison would show the last alone.
        is_whole = len(set(ids)) == len(content["sections"]) > 0
        return is_whole and _is_day(content["effective_on"]) and isinstance(content.get("changes", []), list)
    except (KeyError, TypeError, AttributeError):
        return False


def _is_section(section: Any) -> bool:
    return isinstance(section["id"], str) and bool(section["blocks"]) and all([*_of_block(block)] for block in section["blocks"])


def is_said(content: Any) -> bool:
    """Whether everything that a notice says, it says in every language."""
    words = [*content.get("changes", []), *(section.get("title") for section in content["sections"])]
    words += [one for section in content["sections"] for block in section["blocks"] for one in _of_block(block)]
    return all(_in_every_language(one) for one in words)


def _of_block(block: Any) -> Iterator[Any]:
    if "text" in block:
        yield block["text"]
    yield from block.get("items", [])
    for row in block.get("rows", []):
        yield from row


def is_purposes(content: Any) -> bool:
    """Whether a file is a list of purposes, whatever their words are."""
    return isinstance(content, list) and bool(content) and all(isinstance(row, dict) and _is_purpose(row) for row in content)


def _is_purpose(row: dict[str, Any]) -> bool:
    numbers = [row.get("number"), row.get("version"), row.get("valid_days") or 1]
    texts = [row.get("id"), row.get("provision"), row.get("reader"), *_listed(row.get("categories"))]
    # By type: to isinstance True is a number as well.
    is_typed = all(type(one) is int and 0 < one < 10_000 for one in numbers) and all(isinstance(one, str) and one for one in texts)
    return is_typed and ID.fullmatch(row["id"]) is not None and _is_day(row.get("effective_on"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) and value else [None]


def is_purpose_said(row: dict[str, Any]) -> bool:
    """Whether a purpose has its words in every language."""
    return all(_in_every_language(row.get(key)) for key in WORDS)


def _is_day(value: Any) -> bool:
    # A moment is a date too, by its class, and can be compared with none.
    return type(value) is date


def _in_every_language(words: Any) -> bool:
    return isinstance(words, dict) and words.keys() == LANGUAGES and all(isinstance(one, str) and one.strip() for one in words.values())
