"""A paper's name is shown as it was typed, as far as that harms nobody."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msewa.uploads.names import display_name, extension_of
from msewa.uploads.rules import MAX_NAME_LENGTH


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("ration card.jpg", "ration card.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        (r"C:\Users\somebody\Desktop\photo.jpeg", "photo.jpg"),
        ("photo\u202egpj.exe", "photogpj.jpg"),
        ("pho\u0000to\r\n.jpg", "photo.jpg"),
        ('a"b<c>d:e|f?g*.jpg', "a b c d e f g.jpg"),
        ("photo.php.jpg", "photo.php.jpg"),
        (".htaccess", "paper.jpg"),
        ("...", "paper.jpg"),
        ("", "paper.jpg"),
        ("\ud800.jpg", "paper.jpg"),
        ("ਫ਼ੋਟੋ.jpg", "ਫ਼ੋਟੋ.jpg"),
        ("\u0a5e\u0a4b.jpg", "\u0a2b\u0a3c\u0a4b.jpg"),
        ("क्\u200dष.jpg", "क्\u200dष.jpg"),
        ("e\u0301.jpg", "\u00e9.jpg"),
    ],
)
def test_a_name_is_shown_without_what_could_mislead(typed: str, shown: str) -> None:
    assert display_name(typed, extension="jpg") == unicodedata.normalize("NFC", shown)


def test_a_long_name_is_cut_and_keeps_its_extension() -> None:
    shown = display_name("ਫ" * 300 + ".pdf", extension="pdf")

    assert len(shown) == MAX_NAME_LENGTH
    assert shown.endswith("ਫ.pdf")


@given(st.text(st.characters(), max_size=400))
def test_any_name_is_safe_to_show(typed: str) -> None:
    shown = display_name(typed, extension="pdf")

    assert 4 < len(shown) <= MAX_NAME_LENGTH
    assert shown.endswith(".pdf")
    assert unicodedata.is_normalized("NFC", shown)
    assert shown.encode("utf-8")
    assert not set(shown) & set('/\\<>:"|?*\r\n\t\0\u202e')


@pytest.mark.parametrize(
    ("typed", "extension"),
    [("a.JPG", "jpg"), ("a.tar.gz", "gz"), ("photo\u202egpj.exe", "exe"), ("noname", ""), ("dir.pdf/x", "")],
)
def test_the_extension_is_read_from_the_cleaned_name(typed: str, extension: str) -> None:
    assert extension_of(typed) == extension


@pytest.mark.parametrize("piece", ["a", " ", "/", "\\", ".", "\u0301\u0316", "a/", "\u202e", "?"])
def test_an_endless_name_takes_no_longer_than_its_length(piece: str) -> None:
    def least_time(count: int) -> float:
        return min(_time(piece * (count // len(piece)) + ".pdf") for _ in range(5))

    assert least_time(20_000) < 30 * least_time(2000)
    assert extension_of(piece * 15_000 + ".pdf") == "pdf"
    assert display_name(piece * 15_000 + ".pdf", extension="pdf").endswith(".pdf")


def _time(name: str) -> float:
    began = time.process_time()
    extension_of(name)
    return time.process_time() - began
