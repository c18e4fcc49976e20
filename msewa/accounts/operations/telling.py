"""Telling a person what happened to her account, at every address she has."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from msewa.accounts.links import BACK, NOT_ME, link_to
from msewa.accounts.queries import get_contact
from msewa.ledger.rules import Subject
from msewa.notifications.operations import send
from msewa.notifications.rules import CHANNELS, Channel

Address = tuple[Channel, str]


def addresses_of(subject: Subject) -> list[Address]:
    """Return the mobile number and, if there is one, the e-mail address of an account."""
    contact = get_contact(subject)
    mail: list[Address] = [("email", contact.email)] if contact.email else []
    return [("sms", contact.mobile), *mail]


def tell(
    subject: Subject,
    template: str,
    *,
    now: datetime,
    also: Iterable[Address] = (),
    values: Mapping[str, str] | None = None,
    over: Collection[Channel] = CHANNELS,
) -> None:
    """Send a message to every address of an account, and `also` to addresses it has just had; by default with a "not me" link."""
    said = values if values is not None else {"link": link_to(NOT_ME, subject.id, now=now)}
    for channel, to in dict.fromkeys([*addresses_of(subject), *also]):
        if channel in over:
            _send_to(subject, (channel, to), template, values=said, now=now)


def tell_left(subject: Subject, address: Address, *, field: str, now: datetime) -> None:
    """Tell an address that was just left for another one, by a link that puts it back."""
    _send_to(subject, address, f"notice_{field}", values={"link": link_to(BACK[field], subject.id, now=now)}, now=now)


def tell_put_out(subject: Subject, address: Address, *, now: datetime) -> None:
    """Tell an address that an earlier one was put back in its place."""
    _send_to(subject, address, "notice_put_back", values={}, now=now)


def _send_to(subject: Subject, address: Address, template: str, *, values: Mapping[str, str], now: datetime) -> None:
    channel, to = address
    send(template, to=to, channel=channel, language=get_contact(subject).language, values=values, now=now, account_id=subject.id)
