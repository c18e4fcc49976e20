"""What was typed when a visit had ended, how it lies sealed, and which showing of the page it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msewa.applications.answers import Answer, Page, from_json, to_json


@dataclass(frozen=True, slots=True)
class Tab:
    """One showing of a page of the form: its name, the version of what it showed as saved, and which unsaved page she met there."""

    name: str
    seen: str
    met: str = ""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A page that waits for its owner; `id` tells it from one held later. Of one held before this was kept `tab` is None."""

    id: str
    page: dict[str, Answer]
    tab: Tab | None

    def is_known_in(self, tab: Tab) -> bool:
        """Whether a tab showed it or wrote it, so that what is saved there may take its place."""
        return tab.met == self.id or (self.tab is not None and self.tab.name == tab.name)

    def seen(self, version: str, saved_in: str | None) -> str:
        """Return which version of the saved page it was written over; saved now is `version`, by the tab `saved_in`."""
        # A tab does not see what it saves itself come back.
        return version if self.tab is None or self.tab.name == saved_in else self.tab.seen


def unsaved_to_json(page: Page, *, tab: Tab) -> dict[str, Any]:
    """Return a page and its tab as plain data, for sealing."""
    return {"tab": tab.name, "seen": tab.seen, "answers": to_json(page)}


def answers_in(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answers in what was sealed; before its tab was kept they were all of it."""
    # An answer is never bare text, so that no field of a form is taken for a tab.
    return content["answers"] if isinstance(content.get("tab"), str) else content


def unsaved_from_json(content: Mapping[str, Any], *, held_at: datetime) -> Unsaved:
    """Return what was sealed, and held since `held_at`."""
    answers = answers_in(content)
    tab = None if answers is content else Tab(content["tab"], content["seen"])
    return Unsaved(held_at.strftime("%Y%m%d%H%M%S%f"), from_json(answers), tab)
