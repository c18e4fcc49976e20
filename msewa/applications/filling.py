"""From what was typed on a page of the form to its answers, and what is still wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from msewa.applications.answers import Answer, Page, Pages, value_of
from msewa.applications.rules import Source
from msewa.catalogue.answers import AnswerError, parse
from msewa.catalogue.rules import Definition, Field
from msewa.catalogue.snapshot import Catalogue
from msewa.profile.rules import GUARDED_FIELDS, PROVED_FIELDS, ProfileValue
from msewa.web.aadhaar import holds_aadhaar
from msewa.web.filters import INDIA
from msewa.web.forms import clean_text

LONGEST_KEPT = 4000
NOT_FROM_HERE = PROVED_FIELDS | GUARDED_FIELDS
Problems = Mapping[str, AnswerError]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page of the form is filled in with: the definition, the catalogue's bank and places, the applicant's profile, the moment."""

    definition: Definition
    catalogue: Catalogue
    profile: Mapping[str, ProfileValue]
    now: datetime

    def field(self, key: str) -> Field:
        """Return a field as this service asks it."""
        return self.definition.need(key).as_asked(self.catalogue.fields[key])

    def keys(self, step: int) -> tuple[str, ...]:
        """Return the fields of a step, counted from 1; the district stands before the tehsils it narrows down."""
        keys = self.definition.steps[step - 1].fields
        if "district" not in keys or "tehsil" not in keys:
            return keys
        others = [key for key in keys if key != "district"]
        others.insert(others.index("tehsil"), "district")
        return tuple(others)

    def parse(self, key: str, raw: str) -> str:
        """Return the kept form of what was typed; raises AnswerError."""
        return parse(self.field(key), raw, today=self.now.astimezone(INDIA).date(), places=self.catalogue)


def prefill(desk: Desk, step: int) -> dict[str, Answer]:
    """Return a page nobody saved yet: the applicant's own facts from her profile, and no others (P16)."""
    return {
        key: Answer(given.value, source=Source.PROFILE, at=given.given_at.isoformat())
        for key in desk.keys(step)
        if desk.definition.need(key).of_applicant and (given := desk.profile.get(key))
    }


class Reading(NamedTuple):
    """A page as typed (`answers`) with the reasons for what can't be used (`refused`), and what of it to keep.

    What can't be kept even as a slip (`unkept`) leaves the earlier answer in its place, and is to be said.
    """

    answers: dict[str, Answer]
    refused: dict[str, AnswerError]
    kept: dict[str, Answer]
    unkept: dict[str, AnswerError]


def read_page(desk: Desk, step: int, *, typed: Callable[[str], str | None], earlier: Page) -> Reading:
    """Read a page of the form; undeclared fields are not looked at (P9)."""
    read = Reading({}, {}, {}, {})
    for key in desk.keys(step):
        raw = clean_text(typed(key))
        try:
            read.kept[key] = read.answers[key] = _sourced(desk, key, desk.parse(key, raw), earlier=earlier.get(key))
        except AnswerError as error:
            _refuse(read, key, raw, error=error, desk=desk, earlier=earlier)
    return read


def _refuse(read: Reading, key: str, raw: str, *, error: AnswerError, desk: Desk, earlier: Page) -> None:
    # A whole Aadhaar number is not kept for a moment, not even as a slip in a draft, nor what may be one where another is asked for.
    is_secret = desk.field(key).kind == "last4" or holds_aadhaar(raw)
    slip = Answer(typed="" if is_secret else raw, at=desk.now.isoformat())
    read.refused[key], read.answers[key] = error, slip
    # A list shows nothing that it does not offer: kept or not, such an answer would be gone.
    if is_secret or len(raw) > LONGEST_KEPT or error.code == "pick_one":
        read.unkept[key], read.kept[key] = error, earlier.get(key, Answer())
    else:
        read.kept[key] = slip


def _sourced(desk: Desk, key: str, value: str, *, earlier: Answer | None) -> Answer:
    # An answer that stays keeps its source and date, even when the profile has changed since.
    if earlier is not None and not earlier.typed and earlier.value == value:
        return earlier
    given = desk.profile.get(key)
    if value and given and given.value == value and desk.definition.need(key).of_applicant:
        return Answer(value, source=Source.PROFILE, at=given.given_at.isoformat())
    return Answer(value, at=desk.now.isoformat())


def take_up(page: Page, *, unsaved: Page) -> dict[str, Answer]:
    """Return a page with what was typed over it; an answer that did not change keeps its source and date."""
    return {key: old if (old := page.get(key)) and not old.typed and old.value == new.value else new for key, new in unsaved.items()}


def find_problems(desk: Desk, step: int, *, pages: Pages) -> dict[str, AnswerError]:
    """Return what is wrong with a page as it was saved: unusable, missing, or at odds with another answer."""
    page = pages.get(step, {})
    found = {key: _problem(desk, key, page.get(key, Answer()), pages=pages) for key in desk.keys(step)}
    return {key: error for key, error in found.items() if error is not None}


def _problem(desk: Desk, key: str, answer: Answer, *, pages: Pages) -> AnswerError | None:
    if answer.typed:
        try:
            desk.parse(key, answer.typed)
        except AnswerError as error:
            return error
    if not answer.value:
        return AnswerError("missing") if desk.definition.need(key).required else None
    return None if _lies_in_district(desk, key, answer.value, pages=pages) else AnswerError("other_district")


def _lies_in_district(desk: Desk, key: str, value: str, *, pages: Pages) -> bool:
    # Only the tehsil: a town's office may be asked about a house that lies in another district than its owner's.
    district = value_of("district", pages=pages)
    return key != "tehsil" or not district or desk.catalogue.tehsils[value]["district"] == district


def find_for_profile(desk: Desk, page: Page) -> dict[str, str]:
    """Return what a page says of the applicant that her profile may keep and does not hold yet."""
    return {
        key: answer.value
        for key, answer in page.items()
        if is_for_profile(desk, key) and answer.value and (key not in desk.profile or desk.profile[key].value != answer.value)
    }


def is_for_profile(desk: Desk, key: str) -> bool:
    """Whether a field can be kept in the profile from here."""
    return _is_of_profile(desk, key) and key not in NOT_FROM_HERE


def is_elsewhere(desk: Desk, key: str) -> bool:
    """Whether the profile has a field that changes in a place of its own: what the account proves, and where money goes."""
    return _is_of_profile(desk, key) and key in NOT_FROM_HERE


def _is_of_profile(desk: Desk, key: str) -> bool:
    return desk.definition.need(key).of_applicant and desk.catalogue.fields[key].profile_section is not None
