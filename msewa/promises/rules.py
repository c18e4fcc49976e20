"""What a clause is, in which room of the page it stands, and how its standing is told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import LazyString, lazy_gettext

_ = lazy_gettext
Words = dict[str, str]  # en, pa, hi

THEMES: dict[str, LazyString] = {
    "policy": _("The policy and your no"),
    "asking": _("What we ask"),
    "sharing": _("Who receives it"),
    "visits": _("Counting and suggesting"),
    "messages": _("Messages"),
    "law": _("The law, and who looks"),
    "keeping": _("How it is kept safe"),
    "leaving": _("Leaving for good"),
}
MISSING: dict[str, LazyString] = {
    "family": _("acting for somebody else"),
    "payments": _("paying"),
    "recommendations": _("suggestions"),
    "reminders": _("reminders"),
    "desk": _("the desk where offices open their files"),
}
GROUNDS: dict[str, LazyString] = {
    "law": _("needed for what you ask"),
    "legal_duty": _("a law requires it"),
    "choice": _("your choice"),
}


class Standing(StrEnum):
    """How a clause stands today; only a green test makes it kept."""

    KEPT = "kept"
    BROKEN = "broken"
    UNPROVEN = "unproven"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the policy (P1 to P78); `missing` names the feature that a clause not yet kept waits for."""

    id: str
    theme: str
    sentence: Words
    kept_by: Words
    gap: Words | None = None
    seen: tuple[str, ...] = ()
    missing: str | None = None

    @property
    def is_due(self) -> bool:
        """Whether everything it needs exists, so that it must be kept and proven."""
        return self.missing is None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the last full test run found of one clause; `green_at` is the last run in which every test of it passed."""

    tests: tuple[str, ...] = ()
    passed: int = 0
    failed: int = 0
    green_at: datetime | None = None


def standing(clause: Clause, proof: Proof) -> Standing:
    """Decide how a clause stands."""
    if not clause.is_due:
        return Standing.NOT_YET
    # One red test outweighs any number of green ones.
    if proof.failed:
        return Standing.BROKEN
    return Standing.KEPT if proof.passed else Standing.UNPROVEN
