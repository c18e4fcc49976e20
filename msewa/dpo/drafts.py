"""Reading a drafted text: whole in three languages, younger than what holds, and how it differs from that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.util import find_spec
from typing import Any

import yaml

from msewa.consents.changes import Change, Line, list_changes
from msewa.consents.purposes import WORDS, PurposeError, every_version, purpose_of, purposes
from msewa.consents.rules import Notice, Purpose
from msewa.consents.texts import NAMES, get_notice, list_days, list_versions, notice_of

PURPOSES = "purposes"
LANGUAGES = {"en", "pa", "hi"}


class Fault(StrEnum):
    """What can be wrong with a draft."""

    UNREADABLE = "unreadable"
    SHAPE = "shape"
    LANGUAGES = "languages"
    VERSION = "version"
    TOO_EARLY = "too_early"
    CHANGES = "changes"
    READER = "reader"
    POLICY = "policy"


class DraftError(ValueError):
    """The draft can't be published as it is."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Text:
    """A draft that could be published: a version of a text, or entries of the register of purposes."""

    name: str
    version: str
    content: Any


def read_draft(name: str, text: str, *, today: date) -> Text:
    """Read a draft; raises DraftError."""
    try:
        # A few aliases of aliases would unfold into more than any machine holds.
        if any(isinstance(one, yaml.AliasEvent) for one in yaml.parse(text)):
            raise DraftError(Fault.UNREADABLE)
        content = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        raise DraftError(Fault.UNREADABLE) from None
    if name == PURPOSES:
        return _purposes(content, today=today)
    return _notice(name, content, today=today)


def differences(draft: Text, *, language: str) -> list[Change]:
    """Return how a draft differs from what holds now."""
    if draft.name == PURPOSES:
        return [_purpose_change(purpose_of(row), language=language) for row in draft.content]
    current = get_notice(draft.name, language, version=list_versions(draft.name)[-1])
    return list_changes(current, as_notice(draft, language=language))


def as_notice(draft: Text, *, language: str) -> Notice:
    """Return a drafted text as people would read it."""
    return notice_of(draft.content, name=draft.name, version=draft.version, language=language)


def _notice(name: str, content: Any, *, today: date) -> Text:
    if name not in NAMES or not isinstance(content, dict) or not isinstance(content.get("effective_on"), date):
        raise DraftError(Fault.SHAPE)
    draft = Text(name, str(content.get("version", "")), content)
    if _numbers(draft.version) <= _numbers(list_versions(name)[-1]):
        raise DraftError(Fault.VERSION)
    if content["effective_on"] < today:
        raise DraftError(Fault.TOO_EARLY)
    if any(set(words) != LANGUAGES or not all(isinstance(one, str) and one.strip() for one in words.values()) for words in _words(content)):
        raise DraftError(Fault.LANGUAGES)
    if name == "policy" and not content.get("changes"):
        raise DraftError(Fault.CHANGES)
    try:
        for language in sorted(LANGUAGES):
            as_notice(draft, language=language)
    except (KeyError, TypeError, AttributeError):
        raise DraftError(Fault.SHAPE) from None
    return draft


def _purposes(content: Any, *, today: date) -> Text:
    if not isinstance(content, list) or not content:
        raise DraftError(Fault.SHAPE)
    try:
        rows = [purpose_of(row) for row in content]
    except PurposeError:
        raise DraftError(Fault.LANGUAGES) from None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise DraftError(Fault.SHAPE) from None
    if not all(_is_next(row) for row in rows) or len({row.id for row in rows}) != len(rows):
        raise DraftError(Fault.VERSION)
    if not all(_is_read(row) for row in rows):
        raise DraftError(Fault.READER)
    if any(row.effective_on < today for row in rows):
        raise DraftError(Fault.TOO_EARLY)
    # A new use is a new policy as well (P44): the two come into force together.
    if not {row.effective_on for row in rows} <= set(list_days("policy")):
        raise DraftError(Fault.POLICY)
    return Text(PURPOSES, str(len(every_version()) + 1), content)


def _is_next(purpose: Purpose) -> bool:
    """Whether a version follows the last one of its purpose, under a number that no other purpose has."""
    known = every_version().values()
    last = max((one.version for one in known if one.id == purpose.id), default=0)
    return purpose.version == last + 1 and not any(one.number == purpose.number and one.id != purpose.id for one in known)


def _is_read(purpose: Purpose) -> bool:
    # A purpose that nothing reads for is not asked for (P34).
    return purpose.reader.startswith("msewa.") and purpose.reader.isascii() and _is_module(purpose.reader)


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _numbers(version: str) -> list[int]:
    parts = version.split(".")
    if not all(part.isascii() and part.isdecimal() for part in parts):
        raise DraftError(Fault.VERSION)
    return [int(part) for part in parts]


def _words(value: Any) -> Iterator[dict[str, Any]]:
    """Yield everything that is said in languages."""
    if isinstance(value, dict):
        if LANGUAGES & value.keys():
            yield value
        else:
            for inner in value.values():
                yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


def _purpose_change(purpose: Purpose, *, language: str) -> Change:
    old = purposes().get(purpose.id)
    pairs = [(getattr(old, key)[language] if old else "", getattr(purpose, key)[language]) for key in WORDS]
    return Change(purpose.title[language], tuple(line for before, after in pairs for line in _lines(before, after)))


def _lines(before: str, after: str) -> Iterator[Line]:
    if before == after:
        yield Line("same", after)
        return
    if before:
        yield Line("gone", before)
    yield Line("new", after)
