"""The name a paper is shown by: as typed where that is safe, inert everywhere."""

import re
import unicodedata

from msewa.crypto.normal import nfc
from msewa.uploads.rules import MAX_NAME_LENGTH

# Gurmukhi and Devanagari need the joiners to be written rightly; every other invisible character goes.
JOINERS = "\u200c\u200d"
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
NAMELESS = "paper"
# No system writes a longer one. Of what is longer its end is read: that is where its kind stands.
MOST_READ = 1024

_RESERVED = re.compile(r'[<>:"|?*\s]+')


def _is_visible(character: str) -> bool:
    return character in JOINERS or unicodedata.category(character) not in INVISIBLE


def _plain(filename: str) -> str:
    bare = filename.replace("\\", "/").rpartition("/")[2][-MOST_READ:]
    return _RESERVED.sub(" ", "".join(filter(_is_visible, nfc(bare)))).lstrip(" " + JOINERS).rstrip(" ." + JOINERS)


def extension_of(filename: str) -> str:
    """What follows the last dot of the cleaned name, in lower case; empty if there is none."""
    _, dot, last = _plain(filename).rpartition(".")
    return last.lower() if dot else ""


def display_name(filename: str, *, extension: str) -> str:
    """The cleaned name in NFC, at most 100 code points, ending in `extension` (given without its dot)."""
    plain = _plain(filename)
    stem = plain.rpartition(".")[0] if "." in plain else plain
    room = MAX_NAME_LENGTH - len(extension) - 1
    return f"{stem[:room].strip(' .' + JOINERS) or NAMELESS}.{extension}"
