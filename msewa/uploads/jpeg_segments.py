"""JPEG files inside a PDF, freed of metadata without decoding them."""

SOI = b"\xff\xd8"
MARKER = 0xFF
START_OF_SCAN = 0xDA
# ITU-T T.81, table B.1. APP0 (JFIF) and APP14 (Adobe) tell how colours are meant; the other APPn and COM are talk.
METADATA = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})


def without_metadata(data: bytes) -> bytes:
    """The same picture without EXIF, XMP, comments and the like; unchanged if it is not laid out as a JPEG."""
    if not data.startswith(SOI):
        return data
    kept = bytearray(SOI)
    at = len(SOI)
    while at + 4 <= len(data) and data[at] == MARKER and data[at + 1] != START_OF_SCAN:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if data[at + 1] not in METADATA:
            kept += data[at:end]
        at = end
    return bytes(kept + data[at:])
