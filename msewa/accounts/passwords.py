"""Which passwords are refused, and why: too short, too long, or among the first that a guesser tries (NIST SP 800-63B-4, 3.1.1.2)."""

import gzip
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path

from msewa.crypto.normal import nfc

SHORTEST, LONGEST = 12, 256
COMMON = Path(__file__).parent / "data" / "common-passwords.txt.gz"
# What a guesser adds for this very site: its name, its state, its districts.
CONTEXT = (
    "msewa",
    "punjab",
    "dgr",
    "sewakendra",
    "amritsar",
    "barnala",
    "bathinda",
    "bhatinda",
    "faridkot",
    "fatehgarhsahib",
    "fatehgarh",
    "fazilka",
    "ferozepur",
    "firozpur",
    "gurdaspur",
    "hoshiarpur",
    "jalandhar",
    "kapurthala",
    "ludhiana",
    "malerkotla",
    "mansa",
    "moga",
    "mohali",
    "sasnagar",
    "sahibzadaajitsinghnagar",
    "muktsar",
    "srimuktsarsahib",
    "nawanshahr",
    "sbsnagar",
    "shahidbhagatsinghnagar",
    "pathankot",
    "patiala",
    "rupnagar",
    "ropar",
    "sangrur",
    "tarntaran",
)
_LEET = str.maketrans("@4301!5$7", "aaeoiisst")
_LEAST_OWN_SIGNS = 6


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    CONTEXT = "context"


def find_weakness(password: str, *, about_her: Iterable[str] = ()) -> Weakness | None:
    """Return why a password is refused, None when it is good; `about_her` holds words that others know, such as name and number."""
    normal = nfc(password)
    if len(normal) < SHORTEST:
        return Weakness.SHORT
    if len(normal) > LONGEST:
        return Weakness.LONG
    low = normal.casefold()
    if _is_common(low):
        return Weakness.COMMON
    return Weakness.CONTEXT if _is_mostly(low, words=[*CONTEXT, *_words(about_her)]) else None


def _is_common(low: str) -> bool:
    known = common_passwords()
    squeezed = re.sub(r"[\W_]+", "", low)
    shapes = {low, squeezed, squeezed.translate(_LEET), _without_tail(low), _without_tail(low).translate(_LEET)}
    if any(_unit(shape) in known for shape in shapes if shape):
        return True
    return len(set(low)) <= 3


def _without_tail(low: str) -> str:
    """Take off the digits and signs that people add at the ends."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", low)


def _unit(text: str) -> str:
    """Return what a text repeats (`abcabc` repeats `abc`), or the text itself."""
    period = (text + text).find(text, 1)
    return text[:period] if period >= 4 else text


def _is_mostly(low: str, *, words: list[str]) -> bool:
    rest = re.sub(r"[\W_]+", "", low)
    whole = rest
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    # Digits around a known word are the first thing a guesser adds, so they are not her own.
    own = re.sub(r"\d+", "", rest)
    return rest != whole and len(own) < _LEAST_OWN_SIGNS


def _words(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in re.findall(r"\w{4,}", text.casefold())]


@cache
def common_passwords() -> frozenset[str]:
    """Return the common passwords and their cores, in small letters."""
    return frozenset(gzip.decompress(COMMON.read_bytes()).decode().split())
