"""A PDF that acts, is locked, broken or explodes does not come in."""

import zlib
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, NameObject, NumberObject

from msewa.uploads.operations import inspect
from msewa.uploads.rules import MAX_PAGES, PARSE_SECONDS
from tests.uploads.test_pdfs import FLATE, Pdf, Refused, annotate, name, set_root, written_page


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
