"""What a paper may be: its kinds, its limits, and the reasons to refuse it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

MEGABYTE = 1024 * 1024

MAX_FILE_BYTES = 2 * MEGABYTE
# A rewritten file may come out a little larger than it went in; twice the size is a trick, not a photo.
MAX_CLEAN_BYTES = 2 * MAX_FILE_BYTES
MAX_FILES = 10
MAX_PAGES = 50
# At four bytes each, and once more to be turned, it fits into PARSE_MEMORY_BYTES.
MAX_PIXELS = 40_000_000
MAX_NAME_LENGTH = 100
PARSE_SECONDS = 5
PARSE_MEMORY_BYTES = 512 * MEGABYTE


class UploadError(Exception):
    """A paper that can't be taken: a code and plain numbers, never a name or anything that was in the file."""

    code: ClassVar[str] = ""

    def __init__(self, **numbers: float) -> None:
        super().__init__(self.code)
        self.numbers = numbers


class EmptyError(UploadError):
    """There is nothing in the file."""

    code = "empty"


class TooLargeError(UploadError):
    """The file is over the cap; numbers: size and limit, in MB."""

    code = "too_large"


class WrongKindError(UploadError):
    """The file begins like none of PDF, JPEG and PNG."""

    code = "wrong_kind"


class ExtensionMismatchError(UploadError):
    """The name says one kind and the first bytes another."""

    code = "extension_mismatch"


class DamagedError(UploadError):
    """The file can't be read to its end."""

    code = "damaged"


class EncryptedPdfError(UploadError):
    """The PDF needs a password, or says so."""

    code = "encrypted_pdf"


class ActiveContentError(UploadError):
    """The PDF carries a script, a form, an attached file or another thing that acts."""

    code = "active_content"


class TooManyPagesError(UploadError):
    """The PDF is longer than an office reads; numbers: count and limit."""

    code = "too_many_pages"


class TooManyPixelsError(UploadError):
    """The picture is larger than can be opened safely; numbers: limit, in millions."""

    code = "too_many_pixels"


class TookTooLongError(UploadError):
    """Reading the file costs more time or memory than a paper needs, or too many are being read."""

    code = "took_too_long"


class TooManyFilesError(UploadError):
    """The application has all the papers it can hold; numbers: limit."""

    code = "too_many_files"


class NotCleanError(UploadError):
    """A scanner found something harmful; for scanners to raise."""

    code = "not_clean"


class NotCheckedError(UploadError):
    """The scanner gave no verdict, and without one nothing is taken."""

    code = "not_checked"


REFUSALS: Mapping[str, type[UploadError]] = {refusal.code: refusal for refusal in UploadError.__subclasses__()}


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken; `module` cleans it, in a process of its own."""

    media_type: str
    extension: str
    extensions: frozenset[str]
    magic: bytes
    module: str


PDF = Kind("application/pdf", "pdf", frozenset({"pdf"}), b"%PDF-", "msewa.uploads.pdfs")
JPEG = Kind("image/jpeg", "jpg", frozenset({"jpg", "jpeg", "jfif"}), b"\xff\xd8\xff", "msewa.uploads.images")
PNG = Kind("image/png", "png", frozenset({"png"}), b"\x89PNG\r\n\x1a\n", "msewa.uploads.images")
KINDS = (PDF, JPEG, PNG)


@dataclass(frozen=True)
class Cleaned:
    """A file rewritten without anything hidden: its bytes, and its pages or its size in pixels."""

    data: bytes = field(repr=False)
    pages: int | None = None
    width: int | None = None
    height: int | None = None


def kind_of(data: bytes) -> Kind:
    """The kind that the first bytes promise; raises EmptyError, WrongKindError."""
    if not data:
        raise EmptyError
    for kind in KINDS:
        if data.startswith(kind.magic):
            return kind
    raise WrongKindError


def check_size(size: int, *, most: int = MAX_FILE_BYTES) -> None:
    """Raise TooLargeError for a file of `size` bytes over `most`."""
    if size > most:
        # Rounded up, so that nobody reads "2 MB is too much, 2 MB works".
        raise TooLargeError(size=math.ceil(10 * size / MEGABYTE) / 10, limit=MAX_FILE_BYTES / MEGABYTE)


def check_pixels(width: int, height: int) -> None:
    """Raise TooManyPixelsError for a picture that would fill the memory once opened."""
    if width * height > MAX_PIXELS:
        raise TooManyPixelsError(limit=MAX_PIXELS / 1_000_000)


def check_count(held: int) -> None:
    """Raise TooManyFilesError if an application that holds `held` papers has no room for another."""
    if held >= MAX_FILES:
        raise TooManyFilesError(limit=MAX_FILES)
