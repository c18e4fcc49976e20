"""Messages by topic and channel: which go, and what one press on a cell does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msewa.consents.queries import is_allowed
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.notifications.rules import CHANNELS, EVERYTHING, TOPICS, Channel
from msewa.notifications.suppressing import allow, list_suppressions, suppress


class NotAllowedYetError(Exception):
    """The purposes `purpose_ids` are off; their notices come first."""

    def __init__(self, purpose_ids: Sequence[str]) -> None:
        super().__init__(*purpose_ids)
        self.purpose_ids = purpose_ids


@dataclass(frozen=True, slots=True)
class Cell:
    """A topic over a channel."""

    topic: str
    channel: str
    is_on: bool


def read_matrix(account_id: str, *, now: datetime) -> list[tuple[str, Sequence[Cell]]]:
    """Return for each topic its cells, one for each channel: on only where topic and channel are allowed and nothing was stopped."""
    stopped = {(line.topic, line.channel) for line in list_suppressions(account_id)}
    channels = {channel: is_allowed(account_id, f"channel.{channel}", now=now) for channel in CHANNELS}
    rows: list[tuple[str, Sequence[Cell]]] = []
    for topic in TOPICS:
        allowed = is_allowed(account_id, topic, now=now)
        cells = [_cell(topic, channel, allowed and channels[channel], stopped=stopped) for channel in CHANNELS]
        rows.append((topic, cells))
    return rows


def _cell(topic: str, channel: str, allowed: bool, *, stopped: set[tuple[str, str]]) -> Cell:
    return Cell(topic, channel, allowed and stopped.isdisjoint({(topic, channel), (EVERYTHING, channel)}))


def read_cell(text: str) -> tuple[str, Channel] | None:
    """Return the (topic, channel) that `promo.own sms` names; None for anything else."""
    topic, _, channel = text.partition(" ")
    return (topic, channel) if topic in TOPICS and channel in CHANNELS else None


def turn_on(subject: Subject, *, topic: str, channel: Channel, actor: Actor, now: datetime) -> None:
    """Let a topic come over a channel again; NotAllowedYetError while one of the two is off."""
    # One press can't say yes to what was never shown: each purpose is asked by its own notice.
    missing = [one for one in (topic, f"channel.{channel}") if not is_allowed(subject.id, one, now=now)]
    if missing:
        raise NotAllowedYetError(missing)
    allow(subject.id, channel=channel, topic=topic)
    record("choice.channel_on", subject=subject, actor=actor, now=now, about=f"{topic}, {channel}")


def turn_off(subject: Subject, *, topic: str, channel: Channel, actor: Actor, now: datetime) -> None:
    """Let nothing of a topic come over a channel any more, what waits included."""
    suppress(subject.id, channel=channel, topic=topic, reason="opted_out", now=now)
    record("choice.channel_off", subject=subject, actor=actor, now=now, about=f"{topic}, {channel}")
