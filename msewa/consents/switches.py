"""Choices as a page shows them: where she stands, and the seal of the words that she reads beside the switch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msewa.consents.purposes import purposes, shown
from msewa.consents.queries import list_choices
from msewa.consents.rules import Choice, Purpose
from msewa.ledger.rules import Subject
from msewa.notifications.suppressing import list_suppressions

ASKED_AGAIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Switch:
    """One choice with the seal of the words shown; `ends_soon` in the last thirty days of a yes; where she stopped it all the same."""

    choice: Choice
    sha256: str
    ends_soon: bool
    stopped_on: tuple[str, ...] = ()

    @property
    def purpose(self) -> Purpose:
        """What the choice is about."""
        return self.choice.purpose


def list_switches(subject: Subject, *, language: str, now: datetime) -> list[Switch]:
    """Return every choice of somebody as `consents/_choices.html` shows it (as `switches`)."""
    stopped = [(line.topic, line.channel) for line in list_suppressions(subject.id)]
    return [
        Switch(
            one,
            shown(one.purpose, language).sha256,
            one.is_on and _ends_soon(one, now=now),
            tuple(channel for topic, channel in stopped if one.is_on and topic == one.purpose.id),
        )
        for one in list_choices(subject, now=now)
    ]


def list_by_law() -> list[Purpose]:
    """Return the purposes that have no switch, because a law requires them (as `by_law`)."""
    return [purpose for purpose in purposes().values() if not purpose.is_choice]


def list_by_recipient() -> list[Purpose]:
    """Return the purposes with a choice for each recipient, which stand on a page of their own (as `by_recipient`)."""
    return [purpose for purpose in purposes().values() if purpose.is_per_recipient]


def language_shown(purpose: Purpose, sha256: str) -> str | None:
    """Return the language whose words carry this seal; None when they are not the words that hold now."""
    return next((language for language in ("en", "pa", "hi") if shown(purpose, language).sha256 == sha256), None)


def _ends_soon(choice: Choice, *, now: datetime) -> bool:
    return choice.expires_at is not None and choice.expires_at - now <= ASKED_AGAIN
