"""The closed lists and the clocks of the console: grounds, cases, breaches."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

# P30, P49: two who did not draft it.
APPROVERS = 2
LIFE_TOLD_WITHIN = timedelta(hours=72)  # P49: of an imminent danger to life she is told within this, whatever else
LONGEST_GAG = timedelta(days=1827)  # five years: what is secret for longer is secret for good
BOARD_WITHIN = timedelta(hours=72)  # r. 7(2) of the rules of 2025: the whole report to the Board
CERT_WITHIN = timedelta(hours=6)  # CERT-In's directions of 28 April 2022
LONGEST_WORDS = 2000
LONGEST_FILE = 150_000
BATCH = 200
# Digits of every script: a provision may be cited in Gurmukhi or Devanagari.
SECTION = re.compile(r"\d")
FOUND = "account"  # what a search alone tells: that there is one


class Ground(StrEnum):
    """Why somebody asks for a citizen's data. The last two are written down only to be counted as refused (P46, P49)."""

    LAW = "law"
    LIFE = "life"
    INFORMAL = "informal"
    PERMITTED = "permitted"


class State(StrEnum):
    """Where a disclosure under law stands; `GAGGED` is carried out, and not on the citizen's page yet."""

    DRAFT = "draft"
    GAGGED = "gagged"
    SHOWN = "shown"
    WITHDRAWN = "withdrawn"


class Case(StrEnum):
    """What staff may look into a citizen's data for (P40, P47, P48)."""

    DISPUTE = "dispute"
    TERMS = "terms"
    SECURITY = "security"
    TECHNICAL = "technical"


class BreachState(StrEnum):
    """Where a breach stands: whom it concerns is being found, is known, is told."""

    GATHERING = "gathering"
    READY = "ready"
    TOLD = "told"


class TextState(StrEnum):
    """Where a drafted text stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


REFUSED = frozenset({Ground.INFORMAL, Ground.PERMITTED})
CARRIED_OUT = frozenset({State.GAGGED, State.SHOWN})


def is_refused(ground: str) -> bool:
    """Whether this ground never suffices: an informal request, or one that the law merely permits."""
    return ground in REFUSED


def names_a_provision(text: str) -> bool:
    """Whether a text cites an act with the number of its section, article, rule or order."""
    return SECTION.search(text) is not None and any(sign.isalpha() for sign in text)


def visible_at(ground: str, *, gag_until: datetime | None, now: datetime) -> datetime:
    """Return when the citizen sees a disclosure carried out `now`: at once, or when the gag ends; of `life` never later than 72 hours."""
    if gag_until is None or gag_until <= now:
        return now
    return min(gag_until, now + LIFE_TOLD_WITHIN) if ground == Ground.LIFE else gag_until


def mask_mobile(mobile: str) -> str:
    """Write a number so that only who knows it recognises it: 9•••••1234."""
    digits = mobile.removeprefix("+91")
    return f"{digits[0]}•••••{digits[-4:]}"
