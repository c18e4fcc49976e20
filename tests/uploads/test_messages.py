"""Every refusal is told in three languages, with its numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

import msewa.uploads
from msewa.uploads.messages import WORDS, explain
from msewa.uploads.rules import REFUSALS, TooLargeError

TRANSLATIONS = Path(msewa.uploads.__path__[0]).parent / "translations"


@pytest.fixture(autouse=True)
def _speaking() -> Iterator[None]:
    app = Flask("words")
    Babel(app, default_translation_directories=str(TRANSLATIONS))
    with app.test_request_context():
        yield


def test_every_refusal_has_its_words() -> None:
    assert set(WORDS) == set(REFUSALS)


def test_sizes_are_told_as_a_person_would() -> None:
    assert explain(TooLargeError(size=6.0, limit=2.0)).startswith("This file is 6 MB; up to 2 MB works.")


@pytest.mark.parametrize(("locale", "letters"), [("pa", range(0x0A00, 0x0A80)), ("hi", range(0x0900, 0x0980))])
@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_each_refusal_is_told_in_each_language(locale: str, letters: range, code: str) -> None:
    with force_locale(locale):
        told = explain(REFUSALS[code](size=6.0, limit=2.0, count=60))

    assert any(ord(letter) in letters for letter in told)
    assert "%(" not in told
