"""A text has one spelling, and finding it takes no longer than the text is long."""

import re
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msewa.crypto.normal import nfc, nfkc
from tests.installation import ROOT

LONG, LONGER = 4000, 40_000
# What is ten times as long may take ten times as long; compared each with each it would take a hundred times.
MOST = 40
SHAPES: dict[str, Callable[[int], str]] = {
    "two heaps of marks": lambda count: "a" + "\u0301" * (count // 2) + "\u0316" * (count // 2),
    "marks that take turns": lambda count: "a" + "\u0301\u0316" * (count // 2),
    "signs that come apart into two marks": lambda count: "\u0f73" * count,
    "a mark that comes apart into two": lambda count: "\u0344\u0316" * (count // 2),
    "signs that are marks by another name": lambda count: "\uff9e\u0301" * (count // 2),
}


@pytest.mark.parametrize("spell", [nfc, nfkc])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_heap_of_marks_takes_as_long_as_it_is(shape: str, spell: Callable[[str], str]) -> None:
    short, long = (least_time(spell, SHAPES[shape](count)) for count in (LONG, LONGER))

    assert long < MOST * short


def least_time(spell: Callable[[str], str], text: str) -> float:
    spent = []
    for _ in range(3):
        began = time.process_time()
        spell(text)
        spent.append(time.process_time() - began)
    return min(spent)


# Letters and marks of Punjabi and Hindi, and what of other scripts comes together and apart.
OF_NOTE = "aਫ਼ਫੋ\u0a3cक\u093c\u094dक़\u0301\u0316\u0323\u0344\u0f71\u0f72\u0f73\uff9e\uff76각\u1100\u1161\u11a8"
SIGNS = st.text(st.one_of(st.sampled_from(OF_NOTE), st.characters()))


@given(SIGNS)
def test_the_spelling_is_that_of_unicode(text: str) -> None:
    whole = text * (1 + 300 // max(1, len(text)))

    assert (nfc(whole), nfkc(whole)) == (unicodedata.normalize("NFC", whole), unicodedata.normalize("NFKC", whole))


def test_nothing_else_spells_texts() -> None:
    own = re.compile(r"unicodedata\.(?:normalize|is_normalized)|import (?:normalize|is_normalized)")

    spelling = {path.name for path in (ROOT / "msewa").rglob("*.py") if own.search(path.read_text(encoding="utf-8"))}

    assert spelling == {"normal.py"}
