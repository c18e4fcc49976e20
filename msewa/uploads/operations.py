"""Taking a paper in: look at what it is, have it cleaned, and name it safely."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from msewa.uploads.isolation import clean
from msewa.uploads.names import display_name, extension_of
from msewa.uploads.rules import (
    DamagedError,
    ExtensionMismatchError,
    NotCheckedError,
    UploadError,
    check_size,
    kind_of,
)


@dataclass(frozen=True)
class Paper:
    """A clean paper; its bytes and its name are personal data and stay out of its repr."""

    media_type: str
    extension: str
    data: bytes = field(repr=False)
    pages: int | None
    width: int | None
    height: int | None
    sha256: str = field(repr=False)
    display_name: str = field(repr=False)


class Scanner(Protocol):
    """Somebody else's opinion of a file, such as a virus scanner's."""

    def scan(self, data: bytes) -> None:
        """Return for a clean file; raise NotCleanError for a harmful one, anything else if there is no verdict."""
        ...


def _scan(data: bytes, scanner: Scanner) -> None:
    try:
        scanner.scan(data)
    except UploadError:
        raise
    except Exception as failure:
        # A scanner that is away must not open the door: whatever went wrong there, nothing is taken here.
        raise NotCheckedError from failure


def inspect(data: bytes, *, filename: str, scanner: Scanner | None = None) -> Paper:
    """The clean copy of a paper and what is known of it; raises UploadError (ASVS 5.2.1 to 5.2.6).

    `data` is the file as it came, `filename` the name as typed; extension, first bytes and full parse must agree.
    """
    check_size(len(data))
    kind = kind_of(data)
    if extension_of(filename) not in kind.extensions:
        raise ExtensionMismatchError
    if scanner is not None:
        # As it came: what a scanner looks for would be gone from the clean copy, and nobody told.
        _scan(data, scanner)
    cleaned = clean(data, kind=kind)
    if not cleaned.data.startswith(kind.magic):
        raise DamagedError
    return Paper(
        media_type=kind.media_type,
        extension=kind.extension,
        data=cleaned.data,
        pages=cleaned.pages,
        width=cleaned.width,
        height=cleaned.height,
        sha256=sha256(cleaned.data).hexdigest(),
        display_name=display_name(filename, extension=kind.extension),
    )
