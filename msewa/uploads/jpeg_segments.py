"""JPEG files inside a PDF, freed of metadata without decoding them."""

import re

from msewa.uploads.rules import DamagedError

# ITU-T T.81, table B.1.
SOI = b"\xff\xd8"
START_OF_SCAN = 0xDA
END_OF_IMAGE = 0xD9
# What begins a segment: not a stuffed zero, a restart, a filling byte, nor a marker that stands alone.
MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
# APP0 (JFIF) and APP14 (Adobe) tell how colours are meant; the other APPn and COM are talk.
METADATA = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})


def without_metadata(data: bytes) -> bytes:
    """The same picture without EXIF, XMP, comments and what hangs on behind it; raises DamagedError if there is none."""
    # Readers look for the beginning and step over what lies between segments, and so must this.
    start = data.find(SOI)
    if start < 0:
        raise DamagedError
    kept, at, is_scan = bytearray(SOI), start + len(SOI), False
    while found := MARKER.search(data, at):
        code = data[found.start() + 1]
        if is_scan:
            kept += data[at : found.start()]
        if code == END_OF_IMAGE:
            # Phones add second pictures there, films and the moment, each with metadata of its own.
            return bytes(kept + found[0])
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
        if code not in METADATA:
            kept += data[found.start() : at]
        is_scan = code == START_OF_SCAN
    return bytes(kept + data[at:] if is_scan else kept)
