"""One spelling for texts that mean the same (Unicode NFC), in a time that grows as the text does."""

import unicodedata
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import Literal

# Shorter than this, however its marks stand, a text takes no time worth speaking of.
SHORT = 256


def nfc(text: str) -> str:
    """Return a text in NFC."""
    return unicodedata.normalize("NFC", _in_order(text, form="NFD"))


def nfkc(text: str) -> str:
    """Return a text in NFKC."""
    return unicodedata.normalize("NFKC", _in_order(text, form="NFKD"))


def _in_order(text: str, *, form: Literal["NFD", "NFKD"]) -> str:
    """Return a text with the marks of each letter in their canonical order (UAX 15).

    CPython compares each mark with all before it, and no other thread runs meanwhile: 80 kB of them would stop a process for seconds.
    """
    if len(text) < SHORT or text.isascii():
        return text
    apart = "".join(map(partial(unicodedata.normalize, form), text))
    return "".join(_runs(apart))


def _runs(apart: str) -> Iterator[str]:
    for _, signs in groupby(apart, key=lambda sign: unicodedata.combining(sign) != 0):
        # Letters are of class 0 each, and stay where they are.
        yield "".join(sorted(signs, key=unicodedata.combining))
