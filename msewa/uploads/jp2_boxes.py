"""JPEG 2000 files inside a PDF, freed of metadata without decoding them."""

from collections.abc import Iterator

from msewa.uploads.rules import DamagedError

# ISO/IEC 15444-1, tables A.2 (markers) and I.2 (boxes); jpch, jplh and cgrp: 15444-2, annex M.
CODESTREAM = b"\xff\x4f"
START_OF_TILE = 0x90
COMMENT = 0x64
NESTED = frozenset({b"jp2h", b"jpch", b"jplh", b"cgrp"})
# Needed to draw; all others (uuid, xml and their like) are talk.
DRAWN = NESTED | {b"jP  ", b"ftyp", b"rreq", b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef", b"jp2c"}


def without_metadata(data: bytes) -> bytes:
    """The same picture without XMP, EXIF, comments and what hangs on behind it; raises DamagedError if there is none."""
    cleaned = _without_comments(data) if data.startswith(CODESTREAM) else _without_boxes(data)
    if CODESTREAM not in cleaned:
        raise DamagedError
    return cleaned


def _without_boxes(data: bytes) -> bytes:
    kept = bytearray()
    for kind, content in _boxes(data):
        if kind in NESTED:
            content = _without_boxes(content)
        elif kind == b"jp2c":
            content = _without_comments(content)
        if kind in DRAWN:
            kept += (8 + len(content)).to_bytes(4) + kind + content
    return bytes(kept)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, head = int.from_bytes(data[at : at + 4]), 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16]), 16
        # Zero: to the end of the file.
        end = at + max(length, head) if length else len(data)
        yield data[at + 4 : at + 8], data[at + head : end]
        at = end


def _without_comments(codestream: bytes) -> bytes:
    kept, at = bytearray(codestream[:2]), 2
    while at + 4 <= len(codestream) and codestream[at] == 0xFF and codestream[at + 1] != START_OF_TILE:
        end = at + 2 + int.from_bytes(codestream[at + 2 : at + 4])
        if codestream[at + 1] != COMMENT:
            kept += codestream[at:end]
        at = end
    return bytes(kept + codestream[at:])
