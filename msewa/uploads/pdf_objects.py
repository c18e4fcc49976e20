"""What a PDF is made of, looked at one object at a time: what acts is refused, what tells too much is taken out."""

import zlib
from collections.abc import Iterator
from typing import cast

from pypdf.filters import decode_stream_data
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject, StreamObject

from msewa.uploads import jp2_boxes, jpeg_segments
from msewa.uploads.rules import ActiveContentError, TookTooLongError, check_pixels

MAX_OBJECTS = 200_000
MAX_INFLATED_BYTES = 256 * 1024 * 1024
INFLATE_STEP = 1024 * 1024

# PDF 32000-1, 12.6.4 (actions), 7.11.4 (embedded files), 12.7.8 (XFA), 12.5.6 and 13 (annotations that play or open).
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/RichMediaContent"})
ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/RichMediaExecute"})
ACTIVE_ANNOTATIONS = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})

# Never needed to draw a page; /F, /Ref and /Alternates would fetch what is drawn from elsewhere.
HIDDEN_IN_STREAMS = (
    "/Metadata", "/PieceInfo", "/LastModified", "/OPI", "/AF", "/F", "/FFilter", "/FDecodeParms", "/Ref", "/Alternates"
)  # fmt: skip
HIDDEN_ELSEWHERE = ("/Metadata", "/PieceInfo")


def walk(root: PdfObject) -> Iterator[PdfObject]:
    """Every object that can be reached from `root`, each once; raises TookTooLongError past the budget."""
    seen: set[tuple[int, int]] = set()
    pending: list[PdfObject | None] = [root]
    budget = MAX_OBJECTS
    while pending:
        found = pending.pop()
        if isinstance(found, IndirectObject):
            place = (found.idnum, found.generation)
            if place in seen:
                continue
            seen.add(place)
            found = found.get_object()
        budget -= 1
        if budget < 0:
            raise TookTooLongError
        if found is not None:
            yield found
        pending.extend(_parts(found))


def _parts(found: PdfObject | None) -> list[PdfObject]:
    # Plain dict and list access: pypdf's own would follow each reference.
    if isinstance(found, DictionaryObject):
        return list(cast("dict[str, PdfObject]", found).values())
    return list(cast("list[PdfObject]", found)) if isinstance(found, ArrayObject) else []


def entry(found: DictionaryObject, key: str) -> PdfObject | None:
    """The value under `key`, followed if it is a reference; None if there is none."""
    value = cast("PdfObject | None", found.get(key))
    return None if value is None else value.get_object()


def name_under(found: DictionaryObject, key: str) -> str:
    """The name (such as /Image) under `key`; empty if something else stands there."""
    value = entry(found, key)
    return value if isinstance(value, NameObject) else ""


def refuse_active(found: PdfObject) -> None:
    """Raise ActiveContentError for an object that runs, sends, plays, opens or carries another file."""
    if not isinstance(found, DictionaryObject):
        return
    acts = (
        not ACTIVE_KEYS.isdisjoint(found)
        or name_under(found, "/S") in ACTIVE_ACTIONS
        or name_under(found, "/Subtype") in ACTIVE_ANNOTATIONS
    )
    if acts:
        raise ActiveContentError


def filters_of(stream: StreamObject) -> list[str]:
    """The names of a stream's filters, in the order in which they are undone."""
    found = entry(stream, "/Filter")
    names = _parts(found) if isinstance(found, ArrayObject) else [found]
    return [str(name.get_object()) for name in names if name is not None]


def raw_data(stream: StreamObject) -> bytes:
    """A stream's bytes as they stand in the file, still encoded."""
    return StreamObject.get_data(stream)


def _inflated_size(data: bytes, budget: int) -> int:
    inflater = zlib.decompressobj()
    size = 0
    while data and not inflater.eof:
        size += len(inflater.decompress(data, INFLATE_STEP))
        if size > budget:
            raise TookTooLongError
        data = inflater.unconsumed_tail
    return size


def opened_size(stream: StreamObject, *, budget: int) -> int:
    """How many bytes a stream fills once opened; raises TookTooLongError over `budget`, zlib.error if it is broken.

    Pictures are judged by the pixels that they declare; what is compressed twice is opened by pypdf, within its limits.
    """
    match filters_of(stream):
        case ["/FlateDecode" | "/Fl"]:
            return _inflated_size(raw_data(stream), budget)
        case [] | ["/DCTDecode" | "/DCT" | "/JPXDecode"] | [*_, "/CCITTFaxDecode" | "/CCF" | "/JBIG2Decode"]:
            return len(raw_data(stream))
        case _:
            size = len(decode_stream_data(stream))
    if size > budget:
        raise TookTooLongError
    return size


def check_picture(stream: StreamObject) -> None:
    """Raise TooManyPixelsError for a picture in a PDF that is larger than one that comes alone may be."""
    width, height = entry(stream, "/Width"), entry(stream, "/Height")
    if name_under(stream, "/Subtype") == "/Image" and isinstance(width, int) and isinstance(height, int):
        check_pixels(width, height)


def strip(found: PdfObject) -> None:
    """Take out, in place, what an object says beyond what is drawn."""
    if not isinstance(found, DictionaryObject):
        return
    for key in HIDDEN_IN_STREAMS if isinstance(found, StreamObject) else HIDDEN_ELSEWHERE:
        found.pop(NameObject(key), None)
    if isinstance(found, StreamObject):
        _strip_picture(found)


def _strip_picture(stream: StreamObject) -> None:
    # Scanning apps wrap the camera's JPEG as it is, with the place where it was taken; some pack it once more.
    match filters_of(stream):
        case [*outer, "/DCTDecode" | "/DCT"]:
            own, clean = "/DCTDecode", jpeg_segments.without_metadata
        case [*outer, "/JPXDecode"]:
            own, clean = "/JPXDecode", jp2_boxes.without_metadata
        case _:
            return
    StreamObject.set_data(stream, clean(decode_stream_data(stream) if outer else raw_data(stream)))
    stream[NameObject("/Filter")] = NameObject(own)
    parameters = entry(stream, "/DecodeParms")
    if isinstance(parameters, ArrayObject):
        stream[NameObject("/DecodeParms")] = _parts(parameters)[-1]
