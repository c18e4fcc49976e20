"""How many numbers and addresses may be sent codes: each is somebody's phone that rings, and an SMS that is paid for."""

from datetime import datetime, timedelta

from flask import current_app

from msewa.accounts.operations.throttling import TooManyTriesError, bucket_of, take_try
from msewa.accounts.rules import FORGET_SENDING_AFTER, MOST_NUMBERS
from msewa.config import Settings
from msewa.notifications.queries import count_unowned
from msewa.notifications.rules import Channel
from msewa.web import journal

# What goes out before anybody is known; numbers with an account and without one count alike, so that the brake names nobody.
TO_STRANGERS = ("code_register", "account_exists", "code_recover", "no_account")
HOUR = timedelta(hours=1)


class TooManyNumbersError(TooManyTriesError):
    """This visit has had codes sent to as many different numbers as one may."""

    def __init__(self) -> None:
        super().__init__(None)


class CodesBrakedError(TooManyTriesError):
    """The installation has sent as many codes to strangers in this hour as it may."""


def with_number(marks: list[str], mobile: str, *, visit_id: str) -> list[str]:
    """Return the marks of a visit's numbers with one more; a number once marked adds none. Raises TooManyNumbersError."""
    # A keyed mark: a number that she put right, somebody else's perhaps, is not kept.
    mark = bucket_of("number of a visit", visit_id, mobile).hex()
    if mark not in marks and len(marks) >= MOST_NUMBERS:
        raise TooManyNumbersError
    return list(dict.fromkeys([*marks, mark]))


def hold_brake(*, now: datetime) -> None:
    """Raise CodesBrakedError when strangers were sent as many codes in this hour as the settings allow."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    if is_braked(hour):
        journal.event("accounts.codes_braked", count=_most())
        raise CodesBrakedError(hour + HOUR)


def is_braked(hour: datetime) -> bool:
    """Whether strangers were sent as many codes in the hour that began then as the settings allow."""
    most = _most()
    return count_unowned(TO_STRANGERS, since=hour, until=hour + HOUR, most=most) >= most


def _most() -> int:
    settings: Settings = current_app.extensions["settings"]
    return settings.codes_an_hour


def take_sending(account_id: str, channel: Channel, *, now: datetime) -> None:
    """Count a code that somebody signed in has sent to an address that is not hers yet. Raises TooManyTriesError."""
    take_try(bucket_of("send", channel, account_id), now=now, forget_after=FORGET_SENDING_AFTER)
