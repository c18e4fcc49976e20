"""What a service is, as data: the question bank's fields, papers, and definitions that never change once made."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

Words = Mapping[str, str]  # {"en": ..., "pa": ..., "hi": ...}


class Category(StrEnum):
    """The closed set of kinds of personal data (P8); a field without one can't be published."""

    IDENTITY = "identity"
    DEMOGRAPHIC = "demographic"
    CONTACT = "contact"
    LOCATION = "location"
    FINANCIAL = "financial"
    SENSITIVE = "sensitive"
    PROPERTY = "property"
    BUSINESS = "business"
    EDUCATION = "education"


class ProviderKind(StrEnum):
    """Who may receive an application; the policy's four kinds, with agencies told from departments."""

    STATE_DEPARTMENT = "state_department"
    STATE_AGENCY = "state_agency"
    LOCAL_BODY = "local_body"
    CENTRAL_DEPARTMENT = "central_department"
    UTILITY = "utility"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    id: str
    label: Words


@dataclass(frozen=True, slots=True)
class Field:
    """A question of the question bank: asked once, used everywhere."""

    key: str
    category: Category
    kind: str
    label: Words
    purpose: Words
    hint: Words | None = None
    options: tuple[Option, ...] = ()
    max_length: int = 200
    autocomplete: str | None = None
    profile_section: str | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A document type."""

    key: str
    name: Words
    purpose: Words
    accepts: Words | None = None
    made_by_us: bool = False


@dataclass(frozen=True, slots=True)
class Provider:
    """Who gives services and receives applications."""

    id: str
    kind: ProviderKind
    name: Words
    url: str | None
    source: str
    verified: bool
    is_private: bool = False
    is_registered: bool = True
    is_reached: bool = False

    @property
    def can_receive(self) -> bool:
        """Whether an application could go there now: registered, not stopped, and with a gateway (P26)."""
        return self.is_registered and self.is_reached


@dataclass(frozen=True, slots=True)
class FieldNeed:
    """A field one service asks for: why, who receives it, how many days they keep it (None: not known)."""

    key: str
    required: bool
    label: Words
    purpose: Words
    recipient: str
    hint: Words | None = None
    options: tuple[Option, ...] | None = None
    retention_days: int | None = None
    of_applicant: bool = True  # False: speaks of somebody else, so the applicant's profile does not fill it

    def as_asked(self, field: Field) -> Field:
        """Return the question bank's `field` as this service asks it: its own label, hint and options where it has them.

        A question about somebody else carries no autofill token, or the browser would fill in the applicant.
        """
        return replace(
            field,
            label=self.label,
            purpose=self.purpose,
            hint=self.hint or field.hint,
            options=self.options or field.options,
            autocomplete=field.autocomplete if self.of_applicant else None,
        )


@dataclass(frozen=True, slots=True)
class PaperNeed:
    """A paper one service asks for."""

    key: str
    required: bool
    name: Words
    purpose: Words
    recipient: str
    retention_days: int | None = None
    accepts: Words | None = None
    made_by_us: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form."""

    title: Words
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherLimit:
    """A time limit beside the service's own, and what chooses it: a date (`of`) in an earlier year, or nothing that the form asks."""

    chosen_by: Literal["earlier_year", "unasked"]
    of: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A service as it was when an application was begun: immutable, named by id and version, bound by digest (hex SHA-256)."""

    id: str
    version: int
    digest: str
    kind: Literal["service", "complaint"]
    provider: str
    category: str
    name: Words
    summary: Words
    fields: tuple[FieldNeed, ...]
    papers: tuple[PaperNeed, ...]
    steps: tuple[Step, ...]
    for_whom: Words | None
    note: Words | None
    fee_paise: int | None
    facilitation_paise: int | None
    days: int | None
    day_unit: Literal["working", "calendar"]
    officer: Words | None
    officer_basis: Literal["source", "usual"] | None
    channels: tuple[str, ...]
    audience: tuple[str, ...]
    keywords: tuple[str, ...]
    est_minutes: int | None
    source: str
    verified: bool
    other_limit: OtherLimit | None = None

    def need(self, key: str) -> FieldNeed:
        """Return the need for one field; KeyError when this service does not ask for it."""
        for need in self.fields:
            if need.key == key:
                return need
        raise KeyError(key)

    @property
    def field_keys(self) -> tuple[str, ...]:
        """The keys this service asks for, and no others."""
        return tuple(need.key for need in self.fields)
