"""PDFs, read whole and written anew (runs in a child process): pages and what they show, nothing else."""

from io import BytesIO
from typing import cast

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, PdfObject, StreamObject

from msewa.uploads.child import serve
from msewa.uploads.pdf_objects import (
    MAX_INFLATED_BYTES,
    check_picture,
    entry,
    name_under,
    opened_size,
    refuse_active,
    strip,
    walk,
)
from msewa.uploads.rules import (
    MAX_PAGES,
    ActiveContentError,
    Cleaned,
    DamagedError,
    EncryptedPdfError,
    TooManyPagesError,
)

END = b"%%EOF"
# Within so many bytes Acrobat looks for the end, too (PDF Reference 1.7, appendix H, note 18).
END_WITHIN = 1024

PAGE_KEYS = frozenset({"/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group", "/Annots"})
# Marks that somebody made on the page, and fields that were filled in: kept as drawn, without what they would do.
DRAWN_ANNOTATIONS = frozenset(
    {"/Widget", "/FreeText", "/Stamp", "/Ink", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine"}
    | {"/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Caret"}
)
ANNOTATION_KEYS = frozenset({"/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F"})


def _open(data: bytes) -> PdfReader:
    # pypdf would rebuild a file that was cut off, and pages would go missing without a word.
    if END not in data[-END_WITHIN:]:
        raise DamagedError
    try:
        reader = PdfReader(BytesIO(data))
    except (PyPdfError, NotImplementedError) as broken:
        raise (EncryptedPdfError if b"/Encrypt" in data else DamagedError) from broken
    if reader.is_encrypted:
        raise EncryptedPdfError
    return reader


def _check_pages(reader: PdfReader) -> int:
    count = len(reader.pages)
    if count == 0:
        raise DamagedError
    if count > MAX_PAGES:
        raise TooManyPagesError(count=count, limit=MAX_PAGES)
    return count


def _check_objects(reader: PdfReader) -> None:
    budget = MAX_INFLATED_BYTES
    for found in walk(reader.root_object):
        refuse_active(found)
        if isinstance(found, StreamObject):
            check_picture(found)
            budget -= opened_size(found, budget=budget)
        strip(found)


def _keep_only(found: DictionaryObject, keys: frozenset[str]) -> None:
    for key in set(found) - keys:
        del found[key]


def _is_filled_but_not_drawn(mark: DictionaryObject) -> bool:
    empty = (None, "", "/Off")
    return name_under(mark, "/Subtype") == "/Widget" and "/AP" not in mark and mark.get_inherited("/V") not in empty


def _drawn(mark: object) -> DictionaryObject | None:
    if not isinstance(mark, DictionaryObject) or name_under(mark, "/Subtype") not in DRAWN_ANNOTATIONS:
        return None
    if _is_filled_but_not_drawn(mark):
        # Only the form that goes away knows the answer: better to ask for a printed copy than to lose it.
        raise ActiveContentError
    kept = DictionaryObject(mark)
    _keep_only(kept, ANNOTATION_KEYS)
    return kept


def _strip_page(page: PageObject) -> None:
    _keep_only(page, PAGE_KEYS)
    found = entry(page, "/Annots")
    marks = cast("list[PdfObject]", found) if isinstance(found, ArrayObject) else []
    drawn = [_drawn(mark.get_object()) for mark in marks]
    page[NameObject("/Annots")] = ArrayObject(filter(None, drawn))


def _rewrite(reader: PdfReader) -> bytes:
    writer = PdfWriter()
    # pypdf would put itself there as the producer.
    writer.metadata = None
    for page in reader.pages:
        _strip_page(page)
        writer.add_page(page)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def clean(data: bytes) -> Cleaned:
    """The pages written anew, without information, actions, links or forms; raises UploadError."""
    reader = _open(data)
    count = _check_pages(reader)
    _check_objects(reader)
    return Cleaned(_rewrite(reader), pages=count)


def main() -> None:
    """Serve one PDF."""
    serve(clean)
