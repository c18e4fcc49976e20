"""A PDF comes out as its pages and no more."""

import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from fpdf import FPDF
from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import FreeText, Link
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from msewa.uploads.operations import Paper, inspect

# Letters only: everything else is escaped in a PDF, and would be looked for in vain.
SECRET = "WhereSomebodyLives"
FLATE = NameObject("/FlateDecode")

Pdf = Callable[..., bytes]
Picture = Callable[..., bytes]
Refused = Callable[[bytes, str], str]
Opened = Callable[[Paper], Any]


def name(text: str) -> NameObject:
    return NameObject(text)


def as_object(value: object) -> Any:
    match value:
        case dict():
            return DictionaryObject({NameObject(key): as_object(inner) for key, inner in value.items()})
        case list():
            return ArrayObject(map(as_object, value))
        case int():
            return NumberObject(value)
        case str() if value.startswith("/"):
            return NameObject(value)
        case str():
            return TextStringObject(value)
        case _:
            return value


PICTURE: dict[str, object] = {
    "/Subtype": name("/Image"),
    "/Width": NumberObject(60),
    "/Height": NumberObject(40),
    "/ColorSpace": name("/DeviceRGB"),
    "/BitsPerComponent": NumberObject(8),
}
# The filters of a photo, and how they are done.
PACKED: dict[tuple[str, ...], Callable[[bytes], bytes]] = {
    ("/DCTDecode",): bytes,
    ("/DCT",): bytes,
    ("/FlateDecode", "/DCTDecode"): zlib.compress,
    ("/ASCIIHexDecode", "/DCTDecode"): lambda data: data.hex().encode() + b">",
    ("/ASCIIHexDecode", "/FlateDecode", "/DCTDecode"): lambda data: zlib.compress(data).hex().encode() + b">",
}


def drawn_picture(reader: Any) -> bytes:
    return reader.pages[0]["/Resources"]["/XObject"]["/Picture"].get_data()


def set_root(**entries: object) -> Callable[[PdfWriter], None]:
    def arm(writer: PdfWriter) -> None:
        for key, value in entries.items():
            writer.root_object[NameObject(f"/{key}")] = as_object(value)

    return arm


def annotate(*marks: dict[str, object]) -> Callable[[PdfWriter], None]:
    def arm(writer: PdfWriter) -> None:
        writer.pages[0][NameObject("/Annots")] = as_object(list(marks))

    return arm


def written_page() -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=14)
    document.cell(text="Ration card, page 1")
    return bytes(document.output())


def test_a_pdf_keeps_its_text_and_its_pages(opened: Opened) -> None:
    paper = inspect(written_page(), filename="ration card.pdf")

    assert (paper.media_type, paper.pages, paper.width) == ("application/pdf", 1, None)
    assert opened(paper).pages[0].extract_text() == "Ration card, page 1"


def test_what_a_pdf_tells_about_its_maker_is_taken_out(make_pdf: Pdf, opened: Opened) -> None:
    def arm(writer: PdfWriter) -> None:
        writer.add_metadata({"/Author": SECRET, "/Title": SECRET})
        writer.xmp_metadata = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET.encode() + b"</x:xmpmeta>"

    source = make_pdf(arm=arm)

    paper = inspect(source, filename="paper.pdf")

    assert source.count(SECRET.encode()) == 3
    assert SECRET.encode() not in paper.data
    assert opened(paper).metadata is None
    assert opened(paper).xmp_metadata is None


def test_what_a_page_and_its_streams_tell_is_taken_out(make_pdf: Pdf, opened: Opened, add_stream: Any) -> None:
    def arm(writer: PdfWriter) -> None:
        add_stream(writer, b"BT ET", {"/PieceInfo": TextStringObject(SECRET), "/LastModified": TextStringObject(SECRET)})
        writer.pages[0][NameObject("/LastModified")] = TextStringObject(SECRET)
        writer.pages[0][NameObject("/Dur")] = NumberObject(1)

    source = make_pdf(arm=arm)

    paper = inspect(source, filename="paper.pdf")

    assert source.count(SECRET.encode()) == 3
    assert SECRET.encode() not in paper.data
    assert "/Dur" not in opened(paper).pages[0]


@pytest.mark.parametrize("filters", list(PACKED), ids="".join)
def test_a_photo_inside_a_pdf_forgets_where_it_was_taken(
    make_pdf: Pdf, make_picture: Picture, opened: Opened, add_stream: Any, filters: tuple[str, ...]
) -> None:
    exif = Image.Exif()
    exif[0x010F] = SECRET
    photo = make_picture("JPEG", exif=exif, comment=SECRET.encode())
    entries = PICTURE | {"/Filter": as_object(list(filters))}

    paper = inspect(make_pdf(arm=lambda it: add_stream(it, PACKED[filters](photo), entries, as_picture=True)), filename="paper.pdf")

    assert SECRET.encode() in photo
    assert SECRET.encode() not in drawn_picture(opened(paper))
    assert opened(paper).pages[0].images[0].image.size == (60, 40)


def test_a_photo_inside_a_pdf_keeps_what_its_filter_needs(make_pdf: Pdf, make_picture: Picture, opened: Opened, add_stream: Any) -> None:
    packed = zlib.compress(make_picture("JPEG"))
    filters = {"/Filter": as_object(["/FlateDecode", "/DCTDecode"]), "/DecodeParms": as_object([{}, {"/ColorTransform": 1}])}

    paper = inspect(make_pdf(arm=lambda it: add_stream(it, packed, PICTURE | filters, as_picture=True)), filename="paper.pdf")

    kept = opened(paper).pages[0]["/Resources"]["/XObject"]["/Picture"]
    assert (kept["/Filter"], kept["/DecodeParms"]) == ("/DCTDecode", {"/ColorTransform": 1})


def test_what_hangs_before_within_and_behind_a_photo_inside_a_pdf_goes(
    make_pdf: Pdf, make_picture: Picture, opened: Opened, add_stream: Any
) -> None:
    secret = SECRET.encode()
    photo = make_picture("JPEG", progressive=True, comment=secret)
    # A filling byte before the comment, words that no segment holds, and another picture that the phone took with it.
    photo = secret + photo.replace(b"\xff\xfe", secret + b"\xff\xff\xfe", 1) + make_picture("JPEG", comment=secret)
    entries = PICTURE | {"/Filter": name("/DCTDecode")}

    paper = inspect(make_pdf(arm=lambda it: add_stream(it, photo, entries, as_picture=True)), filename="paper.pdf")

    assert photo.count(secret) == 4
    assert secret not in paper.data
    kept = opened(paper).pages[0].images[0].image
    assert [kept.getpixel(at) for at in ((5, 5), (55, 5))] == [(254, 0, 0), (0, 0, 254)]


@pytest.mark.parametrize("is_boxed", [True, False], ids=["boxes", "bare"])
def test_a_photo_of_the_newer_jpeg_inside_a_pdf_forgets_where_it_was_taken(
    make_pdf: Pdf, make_picture: Picture, opened: Opened, add_stream: Any, is_boxed: bool
) -> None:
    secret = SECRET.encode()
    photo = make_picture("JPEG2000", comment=secret, no_jp2=not is_boxed)
    if is_boxed:
        box = b"uuid" + bytes(16) + secret
        photo += (len(box) + 4).to_bytes(4) + box
    entries = PICTURE | {"/Filter": name("/JPXDecode")}

    paper = inspect(make_pdf(arm=lambda it: add_stream(it, photo, entries, as_picture=True)), filename="paper.pdf")

    assert photo.count(secret) == 1 + is_boxed
    assert secret not in paper.data
    kept = opened(paper).pages[0].images[0].image
    assert (kept.size, kept.getpixel((5, 5))) == ((60, 40), (255, 0, 0))


@pytest.mark.parametrize("filters", ["/DCTDecode", "/JPXDecode"])
def test_a_photo_inside_a_pdf_that_is_none_is_refused(make_pdf: Pdf, refused: Refused, add_stream: Any, filters: str) -> None:
    entries = PICTURE | {"/Filter": name(filters)}

    assert refused(make_pdf(arm=lambda it: add_stream(it, b"no picture", entries, as_picture=True)), "paper.pdf") == "damaged"


def test_links_go_and_what_was_written_on_a_page_stays(make_pdf: Pdf, opened: Opened) -> None:
    def arm(writer: PdfWriter) -> None:
        writer.add_annotation(0, FreeText(text="seen", rect=(10, 10, 90, 40)))
        writer.add_annotation(0, Link(url="https://example.org/" + SECRET, rect=(10, 50, 90, 90)))

    paper = inspect(make_pdf(arm=arm), filename="paper.pdf")

    kept = [mark["/Subtype"] for mark in opened(paper).pages[0]["/Annots"]]
    assert kept == ["/FreeText"]
    assert b"example.org" not in paper.data


def test_a_filled_field_is_kept_as_it_was_drawn(make_pdf: Pdf, opened: Opened) -> None:
    def arm(writer: PdfWriter) -> None:
        drawn = writer._add_object(StreamObject())
        box = {"/Subtype": "/Widget", "/V": SECRET, "/Rect": [0, 0, 9, 9], "/AP": {"/N": drawn}, "/AA": {}}
        annotate(box)(writer)

    paper = inspect(make_pdf(arm=arm), filename="form.pdf")

    assert set(opened(paper).pages[0]["/Annots"][0]) == {"/Subtype", "/Rect", "/AP"}


def test_opening_at_a_page_is_no_reason_to_refuse(make_pdf: Pdf, opened: Opened) -> None:
    paper = inspect(make_pdf(arm=set_root(OpenAction=[0, "/Fit"])), filename="paper.pdf")

    assert "/OpenAction" not in opened(paper).root_object


def test_what_hangs_on_behind_a_pdf_is_left_behind(make_pdf: Pdf) -> None:
    source = make_pdf().replace(b"%%EOF", b"%%EOF\n<script>alert(1)</script>PK\x03\x04")

    paper = inspect(source, filename="paper.pdf")

    assert b"<script>" in source
    assert b"<script>" not in paper.data


def test_a_font_may_be_named_like_an_action(make_pdf: Pdf, opened: Opened) -> None:
    def arm(writer: PdfWriter) -> None:
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        writer.pages[0][NameObject("/Resources")] = as_object({"/Font": {"/S": font, "/A": font, "/F": font}})

    paper = inspect(make_pdf(arm=arm), filename="paper.pdf")

    assert set(opened(paper).pages[0]["/Resources"]["/Font"]) == {"/S", "/A", "/F"}


def test_a_stored_copy_is_the_same_when_it_is_cleaned_again() -> None:
    once = inspect(written_page(), filename="paper.pdf")

    twice = inspect(once.data, filename="paper.pdf")

    assert twice.sha256 == once.sha256
    assert BytesIO(twice.data).read(5) == b"%PDF-"
