"""Spelling brings words of Latin, Gurmukhi and Devanagari script to one romanised sound."""

import re

from anyascii import anyascii

from msewa.crypto.normal import nfkc

# Searching is open to everybody, and a word that nobody knows is compared with all that are known.
MAX_POINTS = 300
MAX_WORDS = 40
MIN_SINGULAR = 4

# Gurmukhi and Devanagari blocks are laid out alike, so one table keyed by the offset in the block serves both.
_BLOCK_STARTS = (0x0900, 0x0A00)
_CONSONANT_LETTERS = "k.kh.g.gh.n.ch.chh.j.jh.n.t.th.d.dh.n.t.th.d.dh.n.n.p.ph.b.bh.m.y.r.r.l.l.l.v.sh.sh.s.h.k.kh.g.z.d.dh.f.y"
_VOWEL_LETTERS = "a.a.i.i.u.u.ri.li.e.e.e.ai.o.o.o.au"
_SIGN_LETTERS = "a.i.i.u.u.ri.ri.e.e.e.ai.o.o.o.au"
_CONSONANTS = dict(zip([*range(0x15, 0x3A), *range(0x58, 0x60)], _CONSONANT_LETTERS.split("."), strict=True))
_VOWELS = dict(zip(range(0x05, 0x15), _VOWEL_LETTERS.split("."), strict=True)) | {0x72: "i", 0x73: "u"}
_SIGNS = dict(zip(range(0x3E, 0x4D), _SIGN_LETTERS.split("."), strict=True))
_MARKS = {0x01: "n", 0x02: "n", 0x03: "h", 0x70: "n", 0x71: ""}
_NUKTA, _VIRAMA, _DIGIT_ZERO = 0x3C, 0x4D, 0x66
_WITH_NUKTA = {0x15: "k", 0x16: "kh", 0x17: "g", 0x1C: "z", 0x21: "d", 0x22: "dh", 0x2B: "f", 0x32: "l", 0x38: "sh"}

# In this order: `ch` steps aside as C while every other c becomes k.
_SAME_SOUND = (
    ("tion", "shn"), ("sion", "shn"), ("ph", "f"), ("ck", "k"), ("cch", "ch"), ("chh", "ch"), ("ch", "C"),
    ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"), ("C", "ch"), ("q", "k"), ("x", "ks"), ("w", "v"), ("z", "j"),
    ("aa", "a"), ("ee", "i"), ("ea", "i"), ("ii", "i"), ("oo", "u"), ("uu", "u"),
    ("au", "o"), ("ou", "o"), ("ai", "e"), ("ei", "e"), ("ey", "e"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")
_VOWEL_Y = re.compile(r"(?<=[^aeiou])y|(?<=[eiou])y$|(?<=.)ay$")
_WORD = re.compile(r"[a-z]+|[0-9]+")
_NO = frozenset({"nahin", "nhi", "nahee", "nehi", "nahn", "nahii"})
# Words that the rules would fold into another one: `dead` into `deed`.
_OWN_SOUND = {"dead": "mrit"}
_SILENT = str.maketrans({"h": "", "a": "", "e": "i", "o": "u"})


def _indic_offset(char: str) -> int | None:
    for start in _BLOCK_STARTS:
        if start <= ord(char) < start + 0x80:
            return ord(char) - start
    return None


def _spell_consonant(offset: int, following: list[int | None]) -> str:
    """Spell a consonant with its unwritten vowel, which is silent at the end of a word and before a vowel sign."""
    letter = _CONSONANTS[offset]
    if following and following[0] == _NUKTA:
        letter, following = _WITH_NUKTA.get(offset, letter), following[1:]
    if not following or following[0] is None or following[0] in _SIGNS or following[0] == _VIRAMA:
        return letter
    return letter + "a"


def _romanise_indic(text: str) -> str:
    offsets = [_indic_offset(char) for char in text]
    spelled: list[str] = []
    for position, (char, offset) in enumerate(zip(text, offsets, strict=True)):
        if offset is None:
            spelled.append(char)
        elif offset in _CONSONANTS:
            spelled.append(_spell_consonant(offset, offsets[position + 1 : position + 3]))
        elif _DIGIT_ZERO <= offset < _DIGIT_ZERO + 10:
            spelled.append(str(offset - _DIGIT_ZERO))
        else:
            spelled.append(_VOWELS.get(offset) or _SIGNS.get(offset) or _MARKS.get(offset, ""))
    return "".join(spelled)


def romanise(text: str) -> str:
    """Write text of any script in lower-case ASCII letters and digits, everything else as spaces."""
    text = nfkc(text).casefold().replace("'", "").replace("\u2019", "")
    if not text.isascii():
        text = _romanise_indic(text)
    if not text.isascii():
        text = "".join(char if char.isascii() else anyascii(char) if char.isalnum() else " " for char in text).lower()
    return text


def split_words(text: str) -> list[str]:
    """Split text into at most 40 romanised words, reading no more than its first 300 code points."""
    words = _WORD.findall(romanise(text[:MAX_POINTS]))[:MAX_WORDS]
    return ["nahi" if word in _NO else word for word in words]


def sound(word: str) -> str:
    """Fold spellings that sound alike (`zameen`, `jamin`) into one key that still reads as the word."""
    if word.isdigit() or word in _OWN_SOUND:
        return _OWN_SOUND.get(word, word)
    for written, spoken in _SAME_SOUND:
        if written in word:
            word = word.replace(written, spoken)
    word = _VOWEL_Y.sub(lambda found: "e" if found[0] == "ay" else "i", word)
    return _DOUBLED.sub(r"\1", word)


def bones(key: str) -> str:
    """Reduce a sound to what careless spellings share: no breath, no `a`, no ending vowel."""
    if not key or key.isdigit():
        return key
    rest = key[1:].translate(_SILENT).replace("mb", "nb").replace("mp", "np")
    bare = _DOUBLED.sub(r"\1", key[0].translate({ord("e"): "i", ord("o"): "u"}) + rest)
    trimmed = bare.rstrip("iu")
    return trimmed if len(trimmed) > 1 else bare


def stem(word: str) -> str:
    """Cut the commonest English endings from a word of six or more letters."""
    # Four letters have to stay, or the cut would turn one short word into another.
    for ending in ("ing", "ed", "es", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def singular(word: str) -> str:
    """Cut the plural endings of Punjabi and Hindi (`gaddiyan`, `sadkan`, `bachchon`) from a romanised word."""
    for ending in ("yaan", "yan", "yon", "ian", "aan", "an", "on", "en"):
        if word.endswith(ending) and len(word) - len(ending) >= MIN_SINGULAR:
            return word[: -len(ending)]
    return word
