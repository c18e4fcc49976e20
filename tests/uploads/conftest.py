"""Papers made in code: pictures, PDFs, and the ways in which they come broken or armed."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from msewa.uploads.operations import Paper, inspect
from msewa.uploads.rules import UploadError

Picture = Callable[..., bytes]
Pdf = Callable[..., bytes]


@pytest.fixture
def make_picture() -> Picture:
    """A picture of 60 by 40 pixels, red on its left half and blue on its right."""

    def make(media: str, *, mode: str = "RGB", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
        picture = Image.new("RGB", size, "blue")
        picture.paste("red", (0, 0, size[0] // 2, size[1]))
        written = BytesIO()
        picture.convert(mode).save(written, media, **options)
        return written.getvalue()

    return make


@pytest.fixture
def make_pdf() -> Pdf:
    """A PDF of blank pages, to which `arm` may do something before it is written."""

    def make(*, pages: int = 1, arm: Callable[[PdfWriter], object] | None = None) -> bytes:
        writer = PdfWriter()
        for _ in range(pages):
            writer.add_blank_page(width=595, height=842)
        if arm is not None:
            arm(writer)
        written = BytesIO()
        writer.write(written)
        return written.getvalue()

    return make


@pytest.fixture
def refused() -> Callable[[bytes, str], str]:
    """The code with which a file is refused."""

    def code(data: bytes, filename: str) -> str:
        with pytest.raises(UploadError) as refusal:
            inspect(data, filename=filename)
        return refusal.value.code

    return code


@pytest.fixture
def opened() -> Callable[[Paper], Any]:
    """A clean paper, opened by the library that reads its kind."""

    def read(paper: Paper) -> Any:
        return PdfReader(BytesIO(paper.data), strict=True) if paper.pages else Image.open(BytesIO(paper.data))

    return read


@pytest.fixture
def add_stream() -> Callable[..., object]:
    """Puts a stream, as encoded, on the first page of a PDF that is being written."""

    def add(writer: PdfWriter, data: bytes, entries: dict[str, object], *, as_picture: bool = False) -> None:
        stream = StreamObject.initialize_from_dictionary(
            {NameObject(key): value for key, value in entries.items()} | {"__streamdata__": data}
        )
        place = writer._add_object(stream)
        page = writer.pages[0]
        if as_picture:
            drawn = DictionaryObject({NameObject("/Picture"): place})
            page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawn})
        else:
            page[NameObject("/Contents")] = place

    return add
