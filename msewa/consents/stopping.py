"""Stopping by the link in a message: what it ends is an event with its receipt, as if it had been pressed on her own page (P64)."""

from collections.abc import Sequence
from datetime import datetime

from flask import Flask
from sqlalchemy import select

from msewa.accounts.models import Account
from msewa.accounts.queries import get_subject
from msewa.accounts.standing import one_at_a_time
from msewa.consents.operations import choose
from msewa.consents.queries import is_allowed
from msewa.consents.rules import Event
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import VISITOR, Subject
from msewa.notifications.rules import CHANNELS, Channel
from msewa.notifications.suppressing import list_suppressions, suppress
from msewa.web.errors import NoSuchRowError

Cell = tuple[str, Channel]


def init_app(app: Flask) -> None:
    """Let the page behind the link end choices, which it knows nothing of."""
    app.extensions["stop_messages"] = stop_by_link


def stop_by_link(account_id: str, pressed: Sequence[Cell], *, now: datetime) -> None:
    """Stop these topics over these channels for whoever holds a link of this account; one that is gone has nothing to stop."""
    try:
        subject = get_subject(account_id)
    except NoSuchRowError:
        return
    one_at_a_time(account_id)
    stopped = {(line.topic, line.channel) for line in list_suppressions(account_id)}
    for topic, channel in pressed:
        suppress(account_id, channel=channel, topic=topic, reason="opted_out", now=now)
    for topic in dict.fromkeys(topic for topic, _ in pressed):
        new = [cell for cell in pressed if cell[0] == topic and cell not in stopped]
        _note(subject, topic, new, stopped={*stopped, *pressed}, now=now)


def _note(subject: Subject, topic: str, new: Sequence[Cell], *, stopped: set[tuple[str, str]], now: datetime) -> None:
    """Withdraw a topic that can reach her no more; of one that still comes another way note what was stopped."""
    if is_allowed(subject.id, topic, now=now) and not _is_left(subject.id, topic, stopped=stopped, now=now):
        language = db.session.scalars(select(Account.language).where(Account.id == subject.id)).one()
        choose(subject, topic, Event.WITHDRAWN, language=language, actor=VISITOR, now=now)
    elif new:
        # The line on the list of whom nothing is sent to goes when she lets it come again; this row stays.
        about = topic if len(new) == len(CHANNELS) else f"{topic}, {new[0][1]}"
        record("choice.channel_off_by_link", subject=subject, actor=VISITOR, now=now, about=about)


def _is_left(account_id: str, topic: str, *, stopped: set[tuple[str, str]], now: datetime) -> bool:
    return any((topic, channel) not in stopped and is_allowed(account_id, f"channel.{channel}", now=now) for channel in CHANNELS)
