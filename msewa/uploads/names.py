"""The name a paper is shown by: as typed where that is safe, inert everywhere."""

import re
import unicodedata

from msewa.crypto.normal import nfc
from msewa.uploads.rules import MAX_NAME_LENGTH

# Gurmukhi and Devanagari need the joiners to be written rightly; every other invisible character goes.
JOINERS = "\u200c\u200d"
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
NAMELESS = "paper"

_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)
_RESERVED = re.compile(r'[<>:"|?*\s]+')


def _is_visible(character: str) -> bool:
    return character in JOINERS or unicodedata.category(character) not in INVISIBLE


def _plain(filename: str) -> str:
    shown = "".join(filter(_is_visible, nfc(filename)))
    return _RESERVED.sub(" ", _FOLDERS.sub("", shown)).lstrip(" " + JOINERS).rstrip(" ." + JOINERS)


def extension_of(filename: str) -> str:
    """What follows the last dot of the cleaned name, in lower case; empty if there is none."""
    return _plain(filename).rpartition(".")[2].lower() if "." in _plain(filename) else ""


def display_name(filename: str, *, extension: str) -> str:
    """The cleaned name in NFC, at most 100 code points, ending in `extension` (given without its dot)."""
    plain = _plain(filename)
    stem = plain.rpartition(".")[0] if "." in plain else plain
    room = MAX_NAME_LENGTH - len(extension) - 1
    return f"{stem[:room].strip(' .' + JOINERS) or NAMELESS}.{extension}"
