"""The profile's forms: one question, or a whole section, built from the question bank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from flask_babel import gettext, lazy_gettext
from wtforms import Field as Input
from wtforms import RadioField, ValidationError

from msewa.catalogue.answer_messages import missing, sentence_of
from msewa.catalogue.answers import AnswerError, parse
from msewa.catalogue.inputs import Manner, make_input
from msewa.catalogue.rules import Field
from msewa.catalogue.showing import as_typed
from msewa.catalogue.snapshot import Catalogue
from msewa.profile.rules import REQUIRED_FIELDS, ProfileValue
from msewa.web.forms import Form

_ = lazy_gettext
TITLES = {
    "identity": _("About you"),
    "contact": _("How to reach you"),
    "address": _("Where you live"),
    "family": _("Family"),
    "work": _("Work and studies"),
    "money": _("Money and land"),
    "papers_numbers": _("Numbers on your papers"),
}
MOST_RADIOS = 6


@dataclass(frozen=True, slots=True)
class Desk:
    """What a form is built with: the catalogue, what was given so far, the language, the day."""

    known: Catalogue
    profile: Mapping[str, ProfileValue]
    language: str
    today: date


class ProfileForm(Form):
    """A form whose questions come from the bank, each with why it is asked; once validated, `kept` holds each answer in its kept form."""

    why: ClassVar[dict[str, str]] = {}

    def __init__(self, **data: Any) -> None:
        self.kept: dict[str, str] = {}
        super().__init__(data=data)


class Readable:
    """Reads what was typed as the application form does; the field's own sentence says why it can't."""

    def __init__(self, field: Field, *, desk: Desk) -> None:
        self._field = field
        self._desk = desk

    def __call__(self, form: ProfileForm, typed: Input) -> None:
        """Keep the answer in the form; ValidationError when it can't be used."""
        try:
            value = parse(self._field, typed.data, today=self._desk.today, places=self._desk.known)
        except AnswerError as error:
            raise ValidationError(sentence_of(error)) from error
        if not value and self._field.key in REQUIRED_FIELDS:
            raise ValidationError(missing())
        form.kept[self._field.key] = value


def wrong_in(form: ProfileForm) -> list[tuple[str, str]]:
    """Return what is wrong in a form of many questions: where, and why, under the question's name."""
    return [(f"{one.id}-0" if isinstance(one, RadioField) else one.id, f"{one.label.text}: {one.errors[0]}") for one in form if one.errors]


def form_for(fields: Sequence[Field], *, desk: Desk) -> ProfileForm:
    """Return a form that asks `fields`, holding what was given before."""
    why = {field.key: field.purpose[desk.language] for field in fields}
    shape = type("ProfileForm", (ProfileForm,), {"why": why, **{field.key: _input(field, desk=desk) for field in fields}})
    given = {field.key: desk.profile[field.key].value for field in fields if field.key in desk.profile}
    return shape(**{field.key: as_typed(field, given.get(field.key, "")) for field in fields})


def _input(field: Field, *, desk: Desk) -> Any:
    given = desk.profile.get("district")
    return make_input(
        field,
        manner=Manner(gettext("Not given"), MOST_RADIOS, is_open=True),
        known=desk.known,
        district=given.value if given else "",
        description=field.hint[desk.language] if field.hint else "",
        validators=[Readable(field, desk=desk)],
    )
