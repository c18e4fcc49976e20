"""Papers that a citizen adds, made for the occasion."""

from pathlib import Path

from PIL import Image, ImageDraw


def make_photo(folder: Path) -> str:
    """Make a photographed identity card as JPEG and return its path."""
    path = folder / "card.jpg"
    _drawn().save(path, quality=80)
    return str(path)


def make_scan(folder: Path) -> str:
    """Make a scanned identity card as PDF and return its path."""
    path = folder / "card.pdf"
    _drawn().save(path)
    return str(path)


def _drawn() -> Image.Image:
    image = Image.new("RGB", (480, 300), "#fffdf8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((12, 12, 468, 288), outline="#6b2153", width=4)
    draw.text((40, 130), "A card made for this test", fill="#2a1a20")
    return image
