"""What is taken in, what is refused, and that nothing is left behind on the disk."""

import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from msewa.uploads.operations import inspect
from msewa.uploads.rules import (
    MAX_FILE_BYTES,
    MAX_FILES,
    NotCheckedError,
    NotCleanError,
    TooLargeError,
    TooManyFilesError,
    check_count,
)

Picture = Callable[..., bytes]
Pdf = Callable[..., bytes]
Refused = Callable[[bytes, str], str]


class Harmful:
    """A scanner that finds something in everything."""

    def scan(self, data: bytes) -> None:
        """Refuse whatever comes."""
        raise NotCleanError


class Away:
    """A scanner that can't be reached."""

    def scan(self, data: bytes) -> None:
        """Fail as a closed connection does."""
        raise ConnectionRefusedError


class Listening:
    """A scanner that remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def scan(self, data: bytes) -> None:
        """Let everything pass."""
        self.seen.append(data)


def test_a_paper_carries_its_digest_and_a_safe_name(make_picture: Picture) -> None:
    paper = inspect(make_picture("JPEG"), filename="../../ਫ਼ੋਟੋ.jpeg")

    assert paper.sha256 == sha256(paper.data).hexdigest()
    assert paper.display_name == "ਫ਼ੋਟੋ.jpg"
    assert paper.extension == "jpg"


def test_a_paper_does_not_print_its_name_or_its_bytes(make_picture: Picture) -> None:
    paper = inspect(make_picture("JPEG"), filename="bank book of somebody.jpg")

    assert "somebody" not in repr(paper)
    assert "JFIF" not in repr(paper)
    assert paper.sha256 not in repr(paper)


def test_an_empty_file_is_refused(refused: Refused) -> None:
    assert refused(b"", "photo.jpg") == "empty"


def test_a_file_over_two_megabytes_is_refused_unread() -> None:
    with pytest.raises(TooLargeError) as refusal:
        inspect(b"\xff\xd8\xff" + bytes(MAX_FILE_BYTES), filename="photo.jpg")

    assert refusal.value.numbers == {"size": 2.1, "limit": 2.0}


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "photo.svg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.png"),
        (b"PK\x03\x04\x14\x00", "letter.docx"),
        (b"PK\x03\x04\x14\x00", "letter.pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "letter.doc"),
        (b"GIF89a", "photo.gif"),
        (b"<!DOCTYPE html><script>alert(1)</script>%PDF-1.7", "letter.pdf"),
        (b"\x00\x00\x00\x18ftypheic", "photo.jpg"),
        (b"MZ\x90", "photo\u202egpj.exe"),
    ],
)
def test_every_other_kind_is_refused(refused: Refused, data: bytes, filename: str) -> None:
    assert refused(data, filename) == "wrong_kind"


@pytest.mark.parametrize("filename", ["photo.png", "photo.pdf", "photo", "photo.jpg.exe", "photo\u202egpj.exe", "jpg"])
def test_a_name_that_does_not_match_is_refused(make_picture: Picture, refused: Refused, filename: str) -> None:
    assert refused(make_picture("JPEG"), filename) == "extension_mismatch"


def test_a_scanner_sees_the_file_as_it_came(make_picture: Picture) -> None:
    scanner = Listening()
    source = make_picture("JPEG") + b"a tail"

    inspect(source, filename="photo.jpg", scanner=scanner)

    assert scanner.seen == [source]


def test_what_a_scanner_finds_is_refused(make_picture: Picture) -> None:
    with pytest.raises(NotCleanError):
        inspect(make_picture("JPEG"), filename="photo.jpg", scanner=Harmful())


def test_a_scanner_that_is_away_lets_nothing_in(make_picture: Picture) -> None:
    with pytest.raises(NotCheckedError):
        inspect(make_picture("JPEG"), filename="photo.jpg", scanner=Away())


def test_no_file_is_written_while_a_paper_is_read(
    make_picture: Picture, make_pdf: Pdf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    inspect(make_picture("PNG"), filename="scan.png")
    inspect(make_pdf(), filename="paper.pdf")

    assert list(tmp_path.iterdir()) == []


def test_an_application_holds_ten_papers() -> None:
    check_count(MAX_FILES - 1)

    with pytest.raises(TooManyFilesError):
        check_count(MAX_FILES)
