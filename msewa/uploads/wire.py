"""How a child process tells its parent what came of a file: a length, a JSON header, then the bytes."""

import json
import struct
from typing import cast

from msewa.uploads.rules import MAX_CLEAN_BYTES, REFUSALS, Cleaned, DamagedError, UploadError

LENGTH = struct.Struct(">I")
MAX_HEADER_BYTES = 1024
MAX_ANSWER_BYTES = LENGTH.size + MAX_HEADER_BYTES + MAX_CLEAN_BYTES

Header = dict[str, object]


def _pack(header: Header, body: bytes) -> bytes:
    head = json.dumps(header).encode()
    return LENGTH.pack(len(head)) + head + body


def pack_cleaned(cleaned: Cleaned) -> bytes:
    """The answer for a file that was cleaned."""
    header: Header = {"pages": cleaned.pages, "width": cleaned.width, "height": cleaned.height}
    return _pack(header | {"bytes": len(cleaned.data)}, cleaned.data)


def pack_refusal(refusal: UploadError) -> bytes:
    """The answer for a file that is refused."""
    return _pack({"code": refusal.code, "numbers": refusal.numbers}, b"")


def _count(header: Header, key: str) -> int | None:
    value = header.get(key)
    # Not isinstance: to Python, JSON's true is a whole number.
    return value if type(value) is int and value > 0 else None


def _refusal(header: Header) -> UploadError:
    refusal = REFUSALS.get(str(header["code"]), DamagedError)
    numbers = header.get("numbers")
    if not isinstance(numbers, dict):
        return refusal()
    named = cast("dict[str, object]", numbers)
    return refusal(**{name: value for name, value in named.items() if isinstance(value, int | float)})


def _split(answer: bytes) -> tuple[Header, bytes]:
    (length,) = LENGTH.unpack_from(answer)
    start = LENGTH.size + min(length, MAX_HEADER_BYTES)
    header: object = json.loads(answer[LENGTH.size : start])
    if not isinstance(header, dict):
        raise DamagedError
    return cast("Header", header), answer[start:]


def unpack(answer: bytes) -> Cleaned:
    """What a child answered; raises the UploadError it names, and DamagedError for an answer that is not whole.

    The child has read a stranger's file and is not believed: every length and type is checked again here.
    """
    try:
        header, body = _split(answer)
    except (struct.error, ValueError) as broken:
        raise DamagedError from broken
    if "code" in header:
        raise _refusal(header)
    if not body or len(body) != _count(header, "bytes"):
        raise DamagedError
    return Cleaned(body, _count(header, "pages"), _count(header, "width"), _count(header, "height"))
