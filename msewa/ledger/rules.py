"""Who acts, and the words for what was done."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from msewa.crypto.envelope import Place


class Kind(StrEnum):
    """The kinds of actors a citizen can meet in her ledger."""

    CITIZEN = "citizen"
    OPERATOR = "operator"
    OFFICER = "officer"
    DPO = "dpo"
    SYSTEM = "system"
    PROVIDER = "provider"
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: kind, account or provider id (empty for the system and for visitors), and the office acted for."""

    kind: Kind
    id: str = ""
    office: str = ""


SYSTEM = Actor(Kind.SYSTEM)
VISITOR = Actor(Kind.VISITOR)


class Subject(Protocol):
    """Whose data it is: a random id and the data key that ends with it."""

    @property
    def id(self) -> str:
        """The random id that stands for this person, or application."""
        ...

    @property
    def key(self) -> bytes:
        """The opened data key, 32 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """A subject by its id and opened data key."""

    id: str
    key: bytes

    def __repr__(self) -> str:
        # Without the key, which a log or the text of an error could carry away.
        return f"SubjectKey({self.id!r})"


def is_by_other(actor: Actor, *, subject_id: str) -> bool:
    """Whether a person other than the subject acted: what "who looked" shows. The system and unknown visitors are not people."""
    return actor.kind not in (Kind.SYSTEM, Kind.VISITOR) and actor.id != subject_id


def place_of(subject_id: str, *, by_other: bool) -> Place:
    """Return where an entry's envelope belongs. Its number is not part: the leaf exists before the number.

    Whether somebody else acted is: a look that is passed off as her own doing does not open any more.
    """
    return Place(table="ledger_entry", group="look" if by_other else "content", row="", subject=subject_id)
