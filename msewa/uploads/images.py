"""Pictures, decoded and drawn anew (runs in a child process): nothing but the pixels comes through."""

import struct
from contextlib import suppress
from io import BytesIO
from typing import Any

from PIL import Image, ImagePalette, TiffImagePlugin
from PIL.ExifTags import Base
from PIL.JpegImagePlugin import JpegImageFile, get_sampling
from PIL.PngImagePlugin import PngImageFile

from msewa.uploads.child import serve
from msewa.uploads.rules import JPEG, Cleaned, check_pixels

# Pillow loads these on first use (EXIF is laid out as TIFF), when no file can be opened any more.
PRELOADED = (ImagePalette, TiffImagePlugin)

# EXIF 2.3, tag 0x0112: how the camera was held.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _upright(image: Image.Image) -> Image.Image:
    turn = None
    # Garbled metadata is no reason to refuse a photo whose pixels are whole.
    with suppress(SyntaxError, ValueError, KeyError, TypeError, struct.error):
        turn = TURNS.get(image.getexif().get(Base.Orientation, 1))
    return image if turn is None else image.transpose(turn)


def _jpeg_options(image: JpegImageFile) -> dict[str, Any]:
    if image.mode not in ("L", "RGB"):
        return {"quality": 85}
    # The camera's own tables keep the fine print readable and the size as it was.
    return {"qtables": list(image.quantization.values())[:2], "subsampling": get_sampling(image)}


def _draw(image: Image.Image, media: str, options: dict[str, Any]) -> Cleaned:
    kept = image.info.get("transparency") if media == "PNG" else None
    image.info = {} if kept is None else {"transparency": kept}
    drawn = BytesIO()
    image.save(drawn, media, **options)
    return Cleaned(drawn.getvalue(), width=image.width, height=image.height)


def _redraw_jpeg(data: bytes) -> Cleaned:
    image = JpegImageFile(BytesIO(data))
    check_pixels(*image.size)
    options = _jpeg_options(image)
    upright = _upright(image)
    return _draw(upright if upright.mode in ("L", "RGB") else upright.convert("RGB"), "JPEG", options)


def _redraw_png(data: bytes) -> Cleaned:
    image = PngImageFile(BytesIO(data))
    check_pixels(*image.size)
    return _draw(_upright(image), "PNG", {})


def clean(data: bytes) -> Cleaned:
    """The picture drawn anew, upright, without metadata or tail; raises TooManyPixelsError before decoding."""
    return _redraw_jpeg(data) if data.startswith(JPEG.magic) else _redraw_png(data)


def main() -> None:
    """Serve one picture."""
    # The same holds for what it loads on the first save.
    Image.preinit()
    serve(clean)
