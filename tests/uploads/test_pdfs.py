"""A PDF comes out as its pages and no more; one that acts, hides or explodes does not come in."""

import zlib
from collections.abc import Callable
from io import BytesIO
from time import monotonic
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
from msewa.uploads.rules import MAX_PAGES, PARSE_SECONDS

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


def test_a_photo_inside_a_pdf_forgets_where_it_was_taken(make_pdf: Pdf, make_picture: Picture, opened: Opened, add_stream: Any) -> None:
    exif = Image.Exif()
    exif[0x010F] = SECRET
    photo = make_picture("JPEG", exif=exif, comment=SECRET.encode())
    entries = {"/Subtype": name("/Image"), "/Filter": name("/DCTDecode"), "/Width": NumberObject(60)}
    entries |= {"/Height": NumberObject(40), "/ColorSpace": name("/DeviceRGB"), "/BitsPerComponent": NumberObject(8)}

    paper = inspect(make_pdf(arm=lambda it: add_stream(it, photo, entries, as_picture=True)), filename="paper.pdf")

    assert SECRET.encode() in photo
    assert SECRET.encode() not in paper.data
    assert opened(paper).pages[0].images[0].image.size == (60, 40)


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


def test_a_filled_field_that_is_not_drawn_is_refused_rather_than_lost(make_pdf: Pdf, refused: Refused) -> None:
    field = {"/Subtype": "/Widget", "/V": "1 acre", "/Rect": [0, 0, 9, 9]}

    assert refused(make_pdf(arm=annotate(field)), "form.pdf") == "active_content"


@pytest.mark.parametrize(
    "arm",
    [
        set_root(OpenAction={"/S": "/JavaScript", "/JS": "app.alert(1)"}),
        set_root(OpenAction={"/S": "/Launch", "/F": "calc.exe"}),
        set_root(AA={"/WC": {"/S": "/SubmitForm", "/F": "https://example.org/"}}),
        set_root(Names={"/JavaScript": {"/Names": []}}),
        set_root(AcroForm={"/XFA": ["template", "x"], "/Fields": []}),
        lambda writer: writer.add_attachment("other.exe", b"MZ"),
        annotate({"/Subtype": "/FileAttachment", "/Rect": [0, 0, 9, 9]}),
        annotate({"/Subtype": "/RichMedia", "/Rect": [0, 0, 9, 9]}),
        annotate({"/Subtype": "/Link", "/Rect": [0, 0, 9, 9], "/A": {"/S": "/GoToE"}}),
        annotate({"/Subtype": "/Widget", "/Rect": [0, 0, 9, 9], "/AA": {"/K": {"/S": "/JavaScript"}}}),
    ],
    ids=["script", "launch", "submit", "names", "xfa", "attachment", "file mark", "media", "embedded", "key"],
)
def test_a_pdf_that_acts_is_refused(make_pdf: Pdf, refused: Refused, arm: Callable[[PdfWriter], object]) -> None:
    assert refused(make_pdf(arm=arm), "paper.pdf") == "active_content"


def test_an_action_behind_a_reference_is_found(make_pdf: Pdf, refused: Refused) -> None:
    def arm(writer: PdfWriter) -> None:
        kind = writer._add_object(NameObject("/Launch"))
        set_root(OpenAction={"/S": kind})(writer)

    assert refused(make_pdf(arm=arm), "paper.pdf") == "active_content"


def test_opening_at_a_page_is_no_reason_to_refuse(make_pdf: Pdf, opened: Opened) -> None:
    paper = inspect(make_pdf(arm=set_root(OpenAction=[0, "/Fit"])), filename="paper.pdf")

    assert "/OpenAction" not in opened(paper).root_object


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
@pytest.mark.parametrize("password", ["", "ABCD1990"])
def test_a_pdf_with_a_password_is_refused(make_pdf: Pdf, refused: Refused, algorithm: str, password: str) -> None:
    locked = make_pdf(arm=lambda it: it.encrypt(password, owner_password="owner", algorithm=algorithm))

    assert refused(locked, "paper.pdf") == "encrypted_pdf"


def test_an_unknown_encryption_is_named_as_encryption(make_pdf: Pdf, refused: Refused) -> None:
    locked = make_pdf(arm=lambda it: it.encrypt("x", algorithm="AES-256")).replace(b"/Standard", b"/Strange!")

    assert refused(locked, "paper.pdf") == "encrypted_pdf"


def test_fifty_pages_are_taken_and_one_more_is_not(make_pdf: Pdf, refused: Refused) -> None:
    paper = inspect(make_pdf(pages=MAX_PAGES), filename="paper.pdf")

    assert paper.pages == MAX_PAGES
    assert refused(make_pdf(pages=MAX_PAGES + 1), "paper.pdf") == "too_many_pages"


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_pdf_that_was_cut_off_is_refused(refused: Refused, kept: float) -> None:
    whole = written_page()

    assert refused(whole[: int(len(whole) * kept)], "paper.pdf") == "damaged"


def test_a_pdf_whose_last_change_was_cut_off_is_refused(refused: Refused) -> None:
    assert refused(written_page() + b"\n9 0 obj\n<<>>\nstream\n" + bytes(2_000), "paper.pdf") == "damaged"


def test_a_pdf_without_pages_is_refused(make_pdf: Pdf, refused: Refused) -> None:
    assert refused(make_pdf(pages=0), "paper.pdf") == "damaged"
    assert refused(b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF", "paper.pdf") == "damaged"


def test_what_hangs_on_behind_a_pdf_is_left_behind(make_pdf: Pdf) -> None:
    source = make_pdf().replace(b"%%EOF", b"%%EOF\n<script>alert(1)</script>PK\x03\x04")

    paper = inspect(source, filename="paper.pdf")

    assert b"<script>" in source
    assert b"<script>" not in paper.data


def test_a_stream_that_opens_to_a_gigabyte_is_refused_in_time(make_pdf: Pdf, refused: Refused, add_stream: Any) -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()
    source = make_pdf(arm=lambda it: add_stream(it, bomb, {"/Filter": FLATE}))
    started = monotonic()

    assert refused(source, "paper.pdf") == "took_too_long"
    assert monotonic() - started < PARSE_SECONDS + 1


def test_a_bomb_inside_a_bomb_is_refused(make_pdf: Pdf, refused: Refused, add_stream: Any) -> None:
    twice = zlib.compress(zlib.compress(bytes(300_000_000), 9), 9)
    source = make_pdf(arm=lambda it: add_stream(it, twice, {"/Filter": ArrayObject([FLATE, FLATE])}))

    assert refused(source, "paper.pdf") in {"damaged", "took_too_long"}


def test_a_picture_in_a_pdf_may_not_declare_too_many_pixels(make_pdf: Pdf, refused: Refused, add_stream: Any) -> None:
    entries = {"/Subtype": name("/Image"), "/Width": NumberObject(60_000), "/Height": NumberObject(60_000)}
    entries |= {"/Filter": name("/JBIG2Decode")}
    source = make_pdf(arm=lambda it: add_stream(it, b"x", entries, as_picture=True))

    assert refused(source, "paper.pdf") == "too_many_pixels"


@pytest.mark.parametrize("depth", [1_000, 400_000])
def test_arrays_within_arrays_are_refused_in_time(refused: Refused, depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    source = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X " + nested + b">>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"

    assert refused(source, "paper.pdf") in {"damaged", "took_too_long"}


def test_a_cross_reference_that_leads_back_to_itself_ends(make_pdf: Pdf) -> None:
    source = make_pdf()
    start = int(source.split(b"startxref")[1].split()[0])
    looped = source.replace(b"trailer\n<<", b"trailer\n<<\n/Prev %d" % start)
    started = monotonic()

    paper = inspect(looped, filename="paper.pdf")

    assert paper.pages == 1
    assert monotonic() - started < PARSE_SECONDS


def test_a_page_tree_that_leads_back_to_itself_is_refused(make_pdf: Pdf, refused: Refused) -> None:
    def arm(writer: PdfWriter) -> None:
        tree = writer.root_object["/Pages"]
        tree[NameObject("/Kids")] = ArrayObject([tree.indirect_reference])

    assert refused(make_pdf(arm=arm), "paper.pdf") == "damaged"


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
