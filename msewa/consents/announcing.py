"""Announcing: one promotional message to everybody who allows its topic, and to nobody else (P38, P63)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from flask import Flask
from sqlalchemy import select

from msewa.accounts.models import Account
from msewa.accounts.operations.numbers import may_be_taken_over
from msewa.accounts.queries import get_contact, get_subject
from msewa.accounts.rules import State
from msewa.consents.models import ChoiceEvent
from msewa.consents.operations import on_withdrawal
from msewa.consents.queries import is_allowed
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.notifications.promotion import NotAllowedError, promote
from msewa.notifications.rules import CHANNELS, TOPICS
from msewa.notifications.suppressing import drop
from msewa.web import clock

Say = Callable[[Subject], Mapping[str, str]]
BATCH = 200
# What is decided here before anything goes out; the digest has a sender of its own.
READS = (*(topic for topic in TOPICS if topic != "digest"), *(f"channel.{channel}" for channel in CHANNELS))


def init_app(app: Flask) -> None:
    """Let the promotional pipe ask choices, and let a no end what waits in it."""
    app.extensions["may_promote"] = may_promote
    for topic in TOPICS:
        on_withdrawal(app, topic, _dropping(topic=topic))
    for channel in CHANNELS:
        on_withdrawal(app, f"channel.{channel}", _dropping(channel=channel))


def may_promote(account_id: str, topic: str, channel: str) -> bool:
    """Whether she allows both the topic and the channel, at this moment, and the number is not one that may be a stranger's by now."""
    if not is_allowed(account_id, topic) or not is_allowed(account_id, f"channel.{channel}"):
        return False
    # The way in finds this out only of those who come: whoever stays away is asked about here (P66).
    return channel != "sms" or not may_be_taken_over(account_id, now=clock.now())


def announce(template: str, *, topic: str, page: str, now: datetime) -> Iterator[int]:
    """Queue a message for everybody who allows `topic`; yield after each batch how many it went to, for the caller to commit."""
    after = ""
    # By the last id and not by an offset: while batches are committed people join and leave, and nobody may be told twice.
    while ids := _ever_asked(topic, after=after):
        yield sum(announce_to(account_id, template, topic=topic, say=lambda _: {"page": page}, now=now) for account_id in ids)
        after = ids[-1]


def _ever_asked(topic: str, *, after: str) -> list[str]:
    asked = select(ChoiceEvent.account_id).join(Account, Account.id == ChoiceEvent.account_id).where(ChoiceEvent.purpose_id == topic)
    later = asked.where(ChoiceEvent.account_id > after, Account.state == State.ACTIVE).distinct()
    return list(db.session.scalars(later.order_by(ChoiceEvent.account_id).limit(BATCH)))


def announce_to(account_id: str, template: str, *, topic: str, say: Say, now: datetime) -> int:
    """Queue a message for one person over each channel that she allows for `topic`; return over how many.

    `say` gives the message's values for her, and none where there is nothing to tell her.
    """
    # Who allows it nowhere is not even looked at.
    if not any(may_promote(account_id, topic, channel) for channel in CHANNELS):
        return 0
    subject, sent = get_subject(account_id), 0
    values = say(subject)
    if not values:
        return 0
    contact = get_contact(subject)
    for channel, to in zip(CHANNELS, (contact.mobile, contact.email), strict=True):
        if to is None:
            continue
        try:
            promote(
                template,
                topic=topic,
                account_id=account_id,
                to=to,
                channel=channel,
                language=contact.language,
                values=values,
                now=now,
            )
        except NotAllowedError:  # the other channel may be allowed
            continue
        sent += 1
    return sent


def _dropping(*, topic: str | None = None, channel: str | None = None) -> Callable[..., None]:
    def stop(account_id: str, /, *, now: datetime) -> None:
        # A closed channel stops what is promotional on it; what belongs to a service still comes.
        drop(account_id, channel=channel, topic=topic, topics=() if topic else TOPICS)

    return stop
