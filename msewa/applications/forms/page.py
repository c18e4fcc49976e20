"""One page of an application's form: its inputs filled, each with its reason, its source and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from wtforms import RadioField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from msewa.applications.answers import Answer, Pages, value_of
from msewa.applications.filling import Desk, Problems, is_elsewhere, is_for_profile
from msewa.applications.rules import Source
from msewa.catalogue.answer_messages import sentence_of
from msewa.catalogue.answers import AnswerError
from msewa.catalogue.inputs import Manner, make_input
from msewa.catalogue.rules import Words
from msewa.catalogue.showing import as_typed
from msewa.profile.rules import PROVED_FIELDS
from msewa.web.forms import Words as Messages

TOWN = "ulb"
MOST_RADIOS = 4


class Meta(DefaultMeta):
    """WTForms' settings: our words, and no token beside the page's own."""

    def get_translations(self, form: Any) -> Messages:
        """Use our catalogue."""
        return Messages()


@dataclass(frozen=True, slots=True)
class Question:
    """One input with all that stands around it.

    `given_at` when it came from the profile, `differs` when the profile says otherwise; `near` is the district whose towns are
    listed, "" before one is chosen, None where no district need be chosen first.
    """

    input: Any
    hint: Words | None
    why: Words
    required: bool
    given_at: datetime | None
    differs: bool
    near: str | None


@dataclass(frozen=True, slots=True)
class PageForm:
    """A page of questions; `wrong` pairs the id of an input with what is wrong there, under the question's name.

    `elsewhere` pairs the name of each field that can't be kept in the profile from here with the address where it is changed.
    """

    form: BaseForm
    questions: tuple[Question, ...]
    wrong: tuple[tuple[str, str], ...]
    may_update_profile: bool
    elsewhere: tuple[tuple[Words, str], ...]


def make_page(desk: Desk, step: int, *, pages: Pages, problems: Problems, near: str = "") -> PageForm:
    """Return a step's questions with the answers that `pages` hold, and the reasons of `problems`; `near` is a district just chosen."""
    keys, answers = desk.keys(step), pages.get(step, {})
    # A district picked on this page goes before the town that was chosen in another one.
    near = near or _find_near(desk, pages=pages)
    inputs = {
        key: make_input(
            desk.field(key),
            manner=_manner(is_required=desk.definition.need(key).required),
            known=desk.catalogue,
            district=near if key == TOWN else value_of("district", pages=pages),
        )
        for key in keys
    }
    form = BaseForm(inputs, meta=Meta())
    form.process(data={key: _shown(desk, key, answers.get(key, Answer())) for key in keys})
    _mark(form, problems)
    questions = tuple(_question(desk, key, answers.get(key, Answer()), form=form, near=near) for key in keys)
    wrong = tuple((_anchor(one), f"{one.label.text}: {one.errors[0]}") for one in form if one.errors)
    elsewhere = tuple((desk.field(key).label, _place_of(key)) for key in keys if is_elsewhere(desk, key))
    return PageForm(form, questions, wrong, any(is_for_profile(desk, key) for key in keys), elsewhere)


def _place_of(key: str) -> str:
    return f"/account/{key}" if key in PROVED_FIELDS else f"/profile?edit={key}#{key}"


def _anchor(one: Any) -> str:
    # Of several buttons the first takes the focus.
    return f"{one.id}-0" if isinstance(one, RadioField) else one.id


def _shown(desk: Desk, key: str, answer: Answer) -> str:
    return as_typed(desk.field(key), answer.value) if answer.value else answer.typed


def _mark(form: BaseForm, problems: Mapping[str, AnswerError]) -> None:
    for key, error in problems.items():
        form[key].errors = [sentence_of(error)]


def _manner(*, is_required: bool) -> Manner:
    # A radio button can't be unpressed, so what may be left open is a list with an empty first row.
    return Manner(gettext("Choose"), MOST_RADIOS if is_required else 0, is_open=False)


def _find_near(desk: Desk, *, pages: Pages) -> str:
    """Return the district whose towns are listed: of the town chosen before, else where the applicant lives."""
    town = desk.catalogue.ulbs.get(value_of(TOWN, pages=pages))
    home = desk.profile.get("district")
    return town["district"] if town else value_of("district", pages=pages) or (home.value if home else "")


def _question(desk: Desk, key: str, answer: Answer, *, form: BaseForm, near: str) -> Question:
    need, field = desk.definition.need(key), desk.field(key)
    given = desk.profile.get(key) if need.of_applicant else None
    is_from_profile = answer.source is Source.PROFILE and bool(answer.value)
    return Question(
        input=form[key],
        hint=field.hint,
        why=need.purpose,
        required=need.required,
        given_at=datetime.fromisoformat(answer.at) if is_from_profile else None,
        differs=given is not None and not is_from_profile and given.value != answer.value,
        near=near if key == TOWN else None,
    )
