"""What a published text is made of; what a choice can be, and which way it can change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Block:
    """One of: a paragraph, a list, or the rows of a table of which the first is its head."""

    text: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of a published text in one language; `sha256` (64 hex digits) is over the words alone, so it never changes.

    `changes` says in short what a new version changes for her.
    """

    name: str
    version: str
    language: str
    effective_on: date
    sections: tuple[Section, ...]
    sha256: str
    changes: tuple[str, ...] = ()


# Whose choice is one for each recipient: a yes to the first says nothing of the next.
PER_RECIPIENT = frozenset({"tracker"})


@dataclass(frozen=True, slots=True)
class Recipient:
    """One whom a choice of its own is about: its id here (32 hex digits), the name that people read, and its address in the world."""

    id: str
    name: str
    address: str


def choice_id(purpose_id: str, recipient: Recipient | None) -> str:
    """Return under what the events of a choice stand: its purpose, and whom it is about where each has a choice of its own."""
    return f"{purpose_id}:{recipient.id}" if recipient else purpose_id


class Ground(StrEnum):
    """Why data may be used for a purpose; only a choice has a switch."""

    LAW = "law"
    LEGAL_DUTY = "legal_duty"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, eq=False)  # each stands for itself, so that what is made of it can be kept
class Purpose:
    """What data is used for, in one version; its words in each language are a notice that stands alone (DPDP Act, s. 5)."""

    id: str
    number: int
    version: int
    effective_on: date
    ground: Ground
    provision: str
    categories: tuple[str, ...]
    reader: str
    law: Mapping[str, str]
    title: Mapping[str, str]
    what: Mapping[str, str]
    why: Mapping[str, str]
    receivers: Mapping[str, str]
    term: Mapping[str, str]
    withdraw: Mapping[str, str]
    valid_days: int | None = None

    @property
    def is_choice(self) -> bool:
        """Whether it is off until she says yes."""
        return self.ground is Ground.CHOICE

    @property
    def is_per_recipient(self) -> bool:
        """Whether each recipient has a choice of its own, with its own receipt."""
        return self.id in PER_RECIPIENT

    @property
    def validity(self) -> timedelta | None:
        """How long a yes holds; None without end."""
        return timedelta(days=self.valid_days) if self.valid_days else None


class Event(StrEnum):
    """What can happen to a choice; each is kept for good, none is ever changed."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RENEWED = "renewed"


NOT_ASKED = "not_asked"
IN_FORCE = frozenset({Event.GIVEN, Event.RENEWED})
_STARTS = {Event.GIVEN: Event.GIVEN, Event.RENEWED: Event.GIVEN}
# From where she stands, what is asked for, and what then happens; what is not here changes nothing.
OUTCOMES: Mapping[str, Mapping[Event, Event]] = {
    NOT_ASKED: {**_STARTS, Event.REFUSED: Event.REFUSED, Event.WITHDRAWN: Event.REFUSED},
    Event.REFUSED: _STARTS,
    Event.WITHDRAWN: _STARTS,
    Event.EXPIRED: {
        Event.GIVEN: Event.RENEWED,
        Event.RENEWED: Event.RENEWED,
        Event.REFUSED: Event.REFUSED,
        Event.WITHDRAWN: Event.REFUSED,
    },
    **{
        state: {
            Event.RENEWED: Event.RENEWED,
            Event.REFUSED: Event.WITHDRAWN,
            Event.WITHDRAWN: Event.WITHDRAWN,
            Event.EXPIRED: Event.EXPIRED,
        }
        for state in IN_FORCE
    },
}


@dataclass(frozen=True, slots=True)
class Latest:
    """The last event of a choice, as the database can read it."""

    number: int
    state: Event
    version: int
    at: datetime


def state_of(latest: Latest | None, purpose: Purpose, *, now: datetime) -> str:
    """Return where somebody stands: another version than the current one counts as not asked (P44), a yes past its time as expired."""
    if latest is None or latest.version != purpose.version:
        return NOT_ASKED
    return Event.EXPIRED if has_lapsed(latest, purpose, now=now) else latest.state


def has_lapsed(latest: Latest, purpose: Purpose, *, now: datetime) -> bool:
    """Whether a yes is past its time."""
    return latest.state in IN_FORCE and purpose.validity is not None and now >= latest.at + purpose.validity


@dataclass(frozen=True, slots=True)
class Choice:
    """Where somebody stands with one purpose: since when, until when, under which words, with which receipt.

    Of words that she was not asked about, `before` is what she last said to earlier ones, and `at` when.
    """

    purpose: Purpose
    state: str
    at: datetime | None = None
    expires_at: datetime | None = None
    receipt_id: str = ""
    language: str = ""
    policy_version: str = ""
    before: Event | None = None

    @property
    def said_yes_before(self) -> bool:
        """Whether she said yes to earlier words, and to these nothing yet."""
        return self.before in IN_FORCE

    @property
    def is_on(self) -> bool:
        """Whether the purpose may be served now."""
        return self.state in IN_FORCE
