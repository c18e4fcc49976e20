"""Reading a drafted text: whole in three languages, younger than what holds, and how it differs from that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import yaml

from msewa.config import LANGUAGES
from msewa.consents.changes import Change, Line, list_changes
from msewa.consents.inventory import name_category
from msewa.consents.purposes import WORDS, every_version, is_read, purpose_of, purposes
from msewa.consents.rules import Notice, Purpose
from msewa.consents.texts import NAMES, get_notice, list_days, list_versions, notice_of
from msewa.dpo import shapes
from msewa.web.locale import language

PURPOSES = "purposes"
FACTS = ("version", "effective_on", "ground", "provision", "categories", "valid_days", "reader")


class Fault(StrEnum):
    """What can be wrong with a draft."""

    UNREADABLE = "unreadable"
    SHAPE = "shape"
    LANGUAGES = "languages"
    VERSION = "version"
    TOO_EARLY = "too_early"
    CHANGES = "changes"
    READER = "reader"
    GROUND = "ground"
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
    except DraftError:
        raise
    # A date that no calendar has, a number of five thousand digits: the reader's own constructors raise as Python does.
    except (yaml.YAMLError, ValueError, KeyError, RecursionError):
        raise DraftError(Fault.UNREADABLE) from None
    if name == PURPOSES:
        return _purposes(content, today=today)
    return _notice(name, content, today=today)


def differences(draft: Text) -> list[Change]:
    """Return how a draft differs from what holds now, language by language: whoever approves it sees what others will read."""
    if draft.name == PURPOSES:
        return [change for row in draft.content for change in _purpose_changes(purpose_of(row))]
    return [change for code, name in LANGUAGES for change in _changes_in(draft, code, name)]


def _changes_in(draft: Text, code: str, name: str) -> Iterator[Change]:
    new = as_notice(draft, language=code)
    if new.changes:
        yield Change(name, tuple(Line("new", text) for text in new.changes))
    for change in list_changes(get_notice(draft.name, code, version=list_versions(draft.name)[-1]), new):
        yield Change(f"{name}: {change.title}", change.lines)


def as_notice(draft: Text, *, language: str) -> Notice:
    """Return a drafted text as people would read it."""
    return notice_of(draft.content, name=draft.name, version=draft.version, language=language)


def _notice(name: str, content: Any, *, today: date) -> Text:
    if name not in NAMES or not shapes.is_text(content):
        raise DraftError(Fault.SHAPE)
    draft = Text(name, str(content.get("version", "")), content)
    if shapes.VERSION.fullmatch(draft.version) is None or _numbers(draft.version) <= _numbers(list_versions(name)[-1]):
        raise DraftError(Fault.VERSION)
    if content["effective_on"] < today:
        raise DraftError(Fault.TOO_EARLY)
    if not shapes.is_said(content):
        raise DraftError(Fault.LANGUAGES)
    if name == "policy" and not content.get("changes"):
        raise DraftError(Fault.CHANGES)
    return draft


def _purposes(content: Any, *, today: date) -> Text:
    if not shapes.is_purposes(content):
        raise DraftError(Fault.SHAPE)
    if not all(shapes.is_purpose_said(row) for row in content):
        raise DraftError(Fault.LANGUAGES)
    try:
        rows = [purpose_of(row) for row in content]
    except ValueError:
        raise DraftError(Fault.SHAPE) from None
    for fault, is_well in _checked(rows, today=today):
        if not is_well:
            raise DraftError(fault)
    return Text(PURPOSES, str(len(every_version()) + 1), content)


def _checked(rows: list[Purpose], *, today: date) -> Iterator[tuple[Fault, bool]]:
    yield Fault.VERSION, all(_is_next(row) for row in rows) and len({row.id for row in rows}) == len(rows)
    yield Fault.GROUND, all(_keeps_its_ground(row) for row in rows)
    yield Fault.READER, all(is_read(row) for row in rows)
    yield Fault.TOO_EARLY, all(row.effective_on >= today for row in rows)
    # A new use is a new policy as well (P44): the two come into force together.
    yield Fault.POLICY, {row.effective_on for row in rows} <= set(list_days("policy"))


def _is_next(purpose: Purpose) -> bool:
    """Whether a version follows the last one of its purpose, under a number that no other purpose has."""
    known = every_version().values()
    last = max((one.version for one in known if one.id == purpose.id), default=0)
    return purpose.version == last + 1 and not any(one.number == purpose.number and one.id != purpose.id for one in known)


def _keeps_its_ground(purpose: Purpose) -> bool:
    # Whoever said no must not find it needed by law one day under the same name: another ground is another purpose (P29, P44).
    return all(one.ground is purpose.ground for one in every_version().values() if one.id == purpose.id)


def _numbers(version: str) -> list[int]:
    # As numbers: as text 1.10 would come before 1.9.
    return [int(part) for part in version.split(".")]


def _purpose_changes(purpose: Purpose) -> Iterator[Change]:
    old = purposes().get(purpose.id)
    # The facts too: one word there makes a duty of a choice.
    pairs = [(f"{key}: {_fact(old, key)}" if old else "", f"{key}: {_fact(purpose, key)}") for key in FACTS]
    yield Change(purpose.id, tuple(line for before, after in pairs for line in _lines(before, after)))
    for code, name in LANGUAGES:
        words = [(getattr(old, key)[code] if old else "", getattr(purpose, key)[code]) for key in WORDS]
        yield Change(f"{name}: {purpose.title[code]}", tuple(line for before, after in words for line in _lines(before, after)))


def _fact(purpose: Purpose, key: str) -> str:
    if key == "categories":
        return ", ".join(name_category(one, language=language()) for one in purpose.categories)
    return str(getattr(purpose, key))


def _lines(before: str, after: str) -> Iterator[Line]:
    if before == after:
        yield Line("same", after)
        return
    if before:
        yield Line("gone", before)
    yield Line("new", after)
