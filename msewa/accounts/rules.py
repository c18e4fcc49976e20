"""The numbers and words of signing in (NIST SP 800-63B-4, AAL2)."""

import re
from datetime import timedelta
from enum import StrEnum

IDLE = timedelta(minutes=15)
LONGEST_VISIT = timedelta(hours=12)
UNFINISHED = timedelta(hours=1)
# Unfinished visits of which nothing is proven, kept at the same time.
MOST_BEGUN = 20_000
HALF_DONE = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_FAILURES = 50
FORGET_SENDING_AFTER = timedelta(days=1)
FORGET_TRIES_AFTER = timedelta(days=90)

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
# Different numbers that one visit may have codes sent to: a wrong one can be put right, and nobody's family is rung through.
MOST_NUMBERS = 3
RESET_WAIT = timedelta(hours=72)
# Where a proved e-mail address has not agreed: whoever has the number alone waits out most mailboxes that are looked into at all (P66).
RESET_WAIT_ALONE = timedelta(days=30)
REMIND_ON_DAYS = (1, 2, 3, 10, 17, 24, 30)
RESET_OPEN = timedelta(days=7)
LINK_LIFE = timedelta(days=7)
# A number given up is handed to a new holder after 90 days at the earliest: older proof of it says nothing (P66).
DORMANT_AFTER = timedelta(days=90)
RECOVERY_CODES = 10
MOST_PASSKEYS = 10
MOST_ON_A_BROWSER = 8
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits in base64
# De-registering can be taken back for so long; then the account goes the way of a deleted one.
REST = timedelta(days=30)
REST_NOTICE = timedelta(days=7)  # before a rest ends in leaving, its owner is told once


class Role(StrEnum):
    """Who somebody is to the product."""

    CITIZEN = "citizen"
    OPERATOR = "operator"
    OFFICER = "officer"
    DPO = "dpo"


class State(StrEnum):
    """Whether an account may be used."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    RESTING = "resting"


class Visit(StrEnum):
    """What a visit may: only `FULL` is signed in."""

    ENROL = "enrol"
    HALF = "half"
    RECOVER = "recover"
    FULL = "full"


def tokens_in(device: str | None) -> list[str]:
    """Return what a browser's `device` cookie holds: a token for each account that was used there, the latest last."""
    # Of no other shape than ours: what somebody else has put there could make the cookie too long to be kept.
    return [token for token in (device or "").split(".") if TOKEN.fullmatch(token)][-MOST_ON_A_BROWSER:]


def joined(device: str | None, token: str) -> str:
    """Return what the cookie holds with one more token: two accounts have none in common, so that nothing of ours joins them (P61)."""
    return ".".join([*tokens_in(device), token][-MOST_ON_A_BROWSER:])


def wait_after(tries: int) -> timedelta:
    """Return the pause after this many tries in vain: five are free, then 30 seconds, doubling to an hour."""
    if tries < FREE_TRIES:
        return timedelta()
    return min(FIRST_WAIT * 2 ** min(tries - FREE_TRIES, 10), LONGEST_WAIT)


def first_name(full_name: str) -> str:
    """Return the first word of a name, for greeting."""
    return full_name.split(maxsplit=1)[0] if full_name.strip() else ""
