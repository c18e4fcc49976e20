"""What an instrument can name somebody by: her whole name, mobile number or e-mail address, or a number of hers. Never a part of these."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from msewa.crypto.blind_index import normalise_email, normalise_mobile
from msewa.crypto.normal import nfc

# A reference or the number of a complaint, without its groups: eight signs, after a letter of the kind.
NUMBER = re.compile(r"[a-z]?[a-z2-9]{8}", re.ASCII)
# Spaces, dashes and dots are written as one likes; joiners only tell a font how letters are drawn.
LEFT_OUT = re.compile(r"[\s.\-\u200c\u200d]+")


class Part(Enum):
    """What of a bundle something is compared with."""

    NAME = auto()
    MOBILE = auto()
    EMAIL = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an instrument names, and with which parts it is compared: a name is never taken for somebody else's address or number."""

    value: str
    parts: frozenset[Part]


def read_match(text: str) -> Wanted:
    """Return what `text` names, grouped as in no bundle and in any digits; its value is empty when it names nothing."""
    for part, normalised in ((Part.MOBILE, normalise_mobile), (Part.EMAIL, normalise_email)):
        with suppress(ValueError):
            return Wanted(normalised(text), frozenset({part}))
    bare = _bare(text)
    if not NUMBER.fullmatch(bare):
        return Wanted(bare, frozenset({Part.NAME}))
    # Eight letters without a digit may be either.
    return Wanted(bare, frozenset({Part.NUMBER} if re.search(r"\d", bare) else {Part.NUMBER, Part.NAME}))


def is_named(content: dict[str, Any], wanted: Wanted) -> bool:
    """Whether the content of a bundle is of whom `wanted` names."""
    return any(_plain(text, part=part) == wanted.value for part, text in _names(content) if part in wanted.parts)


def _bare(text: str) -> str:
    return LEFT_OUT.sub("", nfc(text)).casefold()


def _plain(text: str, *, part: Part) -> str:
    return {Part.MOBILE: normalise_mobile, Part.EMAIL: normalise_email}.get(part, _bare)(text)


def _names(content: dict[str, Any]) -> Iterator[tuple[Part, str]]:
    account = content.get("account") or {}
    for key, part in (("full_name", Part.NAME), ("mobile", Part.MOBILE), ("email", Part.EMAIL)):
        if account.get(key):
            yield part, account[key]
    for application in content.get("applications") or ():
        yield Part.NUMBER, application["reference"]
    for complaint in content.get("grievances") or ():
        yield Part.NUMBER, complaint["number"]
