"""The profile as a page shows it: parts, their lines, and what could still be added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msewa.catalogue.rules import Field
from msewa.catalogue.showing import show
from msewa.catalogue.snapshot import Catalogue
from msewa.profile.rules import PROVED_FIELDS, SECTIONS, WITHIN_DISTRICT, ProfileValue


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: `value` as it reads, "" when it was never given; a proved one changes on the account's own page."""

    key: str
    label: str
    value: str
    given_at: datetime | None

    @property
    def is_proved(self) -> bool:
        """Whether the account proves this fact."""
        return self.key in PROVED_FIELDS


@dataclass(frozen=True, slots=True)
class Part:
    """One section: what was given, and what was not."""

    section: str
    given: tuple[Line, ...]
    missing: tuple[Line, ...]


def fields_of(section: str, *, known: Catalogue) -> tuple[Field, ...]:
    """Return the question bank's fields of one section, in its order."""
    return tuple(field for field in known.fields.values() if field.profile_section == section)


def may_ask(key: str, profile: Mapping[str, ProfileValue]) -> bool:
    """Whether a field can be asked for here and now: proved ones never, places once the district is known."""
    return key not in PROVED_FIELDS and (key not in WITHIN_DISTRICT or "district" in profile)


def sheet_of(profile: Mapping[str, ProfileValue], *, known: Catalogue, language: str) -> dict[str, Part]:
    """Return every part of a profile by its section, in the order of the page."""
    return {section: _part(section, profile, known=known, language=language) for section in SECTIONS}


def _part(section: str, profile: Mapping[str, ProfileValue], *, known: Catalogue, language: str) -> Part:
    lines = [_line(field, profile.get(field.key), known=known, language=language) for field in fields_of(section, known=known)]
    return Part(section, tuple(line for line in lines if line.value), tuple(line for line in lines if not line.value))


def _line(field: Field, given: ProfileValue | None, *, known: Catalogue, language: str) -> Line:
    value = show(field, given.value, language, catalogue=known) if given else ""
    return Line(field.key, field.label[language], value, given.given_at if given else None)
