"""A picture comes out as it looked, and with nothing else that it carried."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from time import monotonic
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from msewa.uploads.operations import Paper, inspect
from msewa.uploads.rules import PARSE_SECONDS

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F
SECRET = b"30.9010 N 75.8573 E"

Picture = Callable[..., bytes]
Refused = Callable[[bytes, str], str]
Opened = Callable[[Paper], Any]


def declared_png(width: int, height: int, body: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("media", "mode", "filename", "media_type"),
    [
        ("JPEG", "RGB", "photo.jpg", "image/jpeg"),
        ("JPEG", "L", "photo.JPEG", "image/jpeg"),
        ("JPEG", "CMYK", "photo.jpg", "image/jpeg"),
        ("PNG", "RGB", "scan.png", "image/png"),
        ("PNG", "RGBA", "scan.png", "image/png"),
        ("PNG", "P", "scan.PNG", "image/png"),
        ("PNG", "1", "scan.png", "image/png"),
        ("PNG", "LA", "scan.png", "image/png"),
        ("PNG", "I;16", "scan.png", "image/png"),
    ],
)
def test_every_usual_picture_is_taken(make_picture: Picture, opened: Opened, media: str, mode: str, filename: str, media_type: str) -> None:
    source = make_picture(media, mode="L" if mode == "I;16" else mode)
    if mode == "I;16":
        written = BytesIO()
        Image.new("I;16", (60, 40), 40_000).save(written, "PNG")
        source = written.getvalue()

    paper = inspect(source, filename=filename)

    assert (paper.media_type, paper.width, paper.height, paper.pages) == (media_type, 60, 40, None)
    assert opened(paper).size == (60, 40)


def test_a_picture_keeps_its_colours(make_picture: Picture, opened: Opened) -> None:
    paper = inspect(make_picture("JPEG", mode="CMYK", quality=95), filename="photo.jpg")

    left, right = (opened(paper).convert("RGB").getpixel((x, 20)) for x in (10, 50))
    assert left[0] > 200 > 60 > left[2]
    assert right[2] > 200 > 60 > right[0]


def test_a_transparent_palette_stays_transparent(opened: Opened) -> None:
    stamp = Image.new("RGB", (10, 10), "blue").convert("P")
    written = BytesIO()
    stamp.save(written, "PNG", transparency=stamp.getpixel((5, 5)))

    paper = inspect(written.getvalue(), filename="stamp.png")

    assert opened(paper).convert("RGBA").getpixel((5, 5))[3] == 0


def test_a_photo_is_turned_upright_and_forgets_how_it_was_held(make_picture: Picture, opened: Opened) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6

    paper = inspect(make_picture("JPEG", quality=95, exif=exif), filename="photo.jpg")

    assert (paper.width, paper.height) == (40, 60)
    red, _green, blue = opened(paper).getpixel((20, 10))
    assert red > 200 > 60 > blue
    assert not opened(paper).getexif()


@pytest.mark.parametrize("media", ["JPEG", "PNG"])
def test_the_place_and_the_camera_are_taken_out(make_picture: Picture, opened: Opened, media: str) -> None:
    exif = Image.Exif()
    exif[MAKER] = SECRET.decode()
    exif.get_ifd(GPS)[2] = (30.0, 54.0, 3.6)
    source = make_picture(media, exif=exif, icc_profile=b"profile of somebody's telephone")

    paper = inspect(source, filename=f"photo.{media.lower()}")

    assert SECRET in source
    assert SECRET not in paper.data
    assert b"Exif" not in paper.data
    assert b"eXIf" not in paper.data
    assert "icc_profile" not in opened(paper).info


def test_comments_in_a_jpeg_are_taken_out(make_picture: Picture) -> None:
    source = make_picture("JPEG", comment=SECRET, xmp=b"<x:xmpmeta>" + SECRET)

    paper = inspect(source, filename="photo.jpg")

    assert SECRET not in paper.data
    assert b"xmpmeta" not in paper.data


def test_text_in_a_png_is_taken_out(make_picture: Picture, opened: Opened) -> None:
    text = PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=True)

    paper = inspect(make_picture("PNG", pnginfo=text), filename="scan.png")

    assert not opened(paper).text
    assert all(name not in paper.data for name in (b"tEXt", b"iTXt", b"zTXt"))


def test_garbled_metadata_does_not_cost_a_good_photo(make_picture: Picture) -> None:
    source = make_picture("JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")

    paper = inspect(source, filename="photo.jpg")

    assert paper.width == 60


@pytest.mark.parametrize("media", ["JPEG", "PNG"])
@pytest.mark.parametrize("tail", [b"PK\x03\x04 a zip", b"<html><script>alert(1)</script></html>"])
def test_what_hangs_on_behind_a_picture_is_left_behind(make_picture: Picture, media: str, tail: bytes) -> None:
    paper = inspect(make_picture(media) + tail, filename=f"photo.{media.lower()}")

    assert tail not in paper.data


@pytest.mark.parametrize(("media", "filename"), [("JPEG", "photo.jpg"), ("PNG", "scan.png")])
def test_a_picture_that_was_cut_off_is_refused(make_picture: Picture, refused: Refused, media: str, filename: str) -> None:
    whole = make_picture(media, size=(300, 200))

    assert refused(whole[: len(whole) // 2], filename) == "damaged"
    assert refused(whole[:12], filename) == "damaged"


def test_a_picture_that_declares_too_many_pixels_is_refused_before_decoding(refused: Refused) -> None:
    started = monotonic()

    assert refused(declared_png(60_000, 60_000, zlib.compress(b"\0")), "scan.png") == "too_many_pixels"
    assert monotonic() - started < PARSE_SECONDS


def test_a_small_file_of_a_billion_pixels_is_refused(refused: Refused) -> None:
    rows = zlib.compress(bytes((32_000 // 8 + 1) * 32_000), 9)

    assert refused(declared_png(32_000, 32_000, rows), "scan.png") == "too_many_pixels"


def test_more_compressed_rows_than_declared_cost_nothing(refused: Refused) -> None:
    paper = inspect(declared_png(64, 64, zlib.compress(bytes(200_000_000), 1)), filename="scan.png")

    assert (paper.width, paper.height) == (64, 64)


def test_the_largest_picture_that_is_allowed_fits_into_the_limits(make_picture: Picture) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 8

    paper = inspect(make_picture("JPEG", size=(8000, 5000), exif=exif, progressive=True), filename="photo.jpg")

    assert (paper.width, paper.height) == (5000, 8000)
