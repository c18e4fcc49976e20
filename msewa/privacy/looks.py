"""The rows of the ledger as a page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msewa.applications.references import LENGTH, read_reference
from msewa.catalogue.snapshot import Catalogue
from msewa.consents.purposes import purposes
from msewa.ledger.rules import Kind
from msewa.notifications.naming import CHANNEL_NAMES
from msewa.privacy.naming import name_act, name_actor, name_field
from msewa.web.filters import show_moment

# Acts of hers or of the system whose reason is written for people: a name or a sentence.
SAID = frozenset({"account.termination_decided", "choice.given", "choice.renewed", "choice.refused", "choice.withdrawn", "choice.expired"})


@dataclass(frozen=True, slots=True)
class Look:
    """One row: who (role and office), when, why, what was seen; about what by its name, or else by its number.

    `application` is the reference where it was about one.
    """

    id: int
    who: str
    when: str
    why: str
    what: str
    own: bool
    name: str
    number: str
    application: str

    @property
    def about(self) -> str:
        """What the row is about, in whichever way it is known."""
        return self.name or self.number


def show_look(entry: Mapping[str, Any], *, known: Catalogue, language: str, herself: str) -> Look:
    """Return an opened entry of the ledger in words."""
    actor, about = entry["actor"], str(entry["about"])
    name = _name(about, language=language)
    # One sign more than the letters: the dash with which a reference is shown.
    application = about if len(about) == LENGTH + 1 and read_reference(about) else ""
    # As `is_by_other` has it: the system, and whoever follows a link from a message, are nobody who looked.
    is_own = actor["id"] == herself or actor["kind"] in (Kind.SYSTEM, Kind.VISITOR)
    return Look(
        id=entry["number"],
        who=name_actor(actor, known=known, language=language, herself=herself),
        when=show_moment(datetime.fromisoformat(entry["at"])),
        why=_why(entry, is_own=is_own),
        what=", ".join(name_field(key, known=known, language=language) for key in entry["fields"]),
        own=is_own,
        name=name,
        number="" if name else about,
        application=application,
    )


def _why(entry: Mapping[str, Any], *, is_own: bool) -> str:
    act, reason = entry["act"], entry["reason"]
    # Of what was handed to somebody outside it is not enough to say why somebody here looked.
    if reason and (act.startswith("disclosure.") or (is_own and act in SAID)):
        return f"{name_act(act)}: {reason}"
    # What she did herself has a mark of the program as its reason, such as the way in which she signed in.
    return name_act(act) if is_own else reason or name_act(act)


def _name(about: str, *, language: str) -> str:
    # A cell of the matrix of messages is written as its topic and its channel.
    topic, _, channel = about.partition(", ")
    purpose = purposes().get(topic) if topic else None
    if purpose is None:
        return ""
    return f"{purpose.title[language]}, {CHANNEL_NAMES[channel]}" if channel else purpose.title[language]
