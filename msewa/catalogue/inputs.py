"""The input of each kind of question in the question bank, for every form that asks one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField

from msewa.catalogue.rules import Field, Words
from msewa.catalogue.snapshot import Catalogue
from msewa.web.choices import choices
from msewa.web.filters import say

KEYBOARDS = {
    # A date may be typed without strokes, so a telephone's pad of digits is enough.
    **dict.fromkeys(("date", "mobile", "pincode", "last4", "year", "money"), "numeric"),
    **dict.fromkeys(("percent", "number"), "decimal"),
}
LARGE = {"people": 5, "long_text": 4, "address": 2}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a form offers choices: up to `most_radios` stand open; `nothing` is the label of no answer at all.

    A radio button can't be unpressed: where no answer is one too, `is_open`, it stands below the others as a button of its own.
    """

    nothing: str
    most_radios: int
    is_open: bool


def make_input(field: Field, *, manner: Manner, known: Catalogue, district: str, **more: Any) -> Any:
    """Return the unbound input of a field; places are narrowed down to a district (else ""), `more` goes to WTForms as it is."""
    shown: dict[str, Any] = {"autocomplete": field.autocomplete} if field.autocomplete else {}
    if field.kind in LISTED:
        return _list_input(field, LISTED[field.kind](field, known, district), manner=manner, shown=shown, more=more)
    if field.kind in LARGE:
        return TextAreaField(say(field.label), render_kw={"rows": LARGE[field.kind], **shown}, **more)
    if field.kind in KEYBOARDS:
        shown["inputmode"] = KEYBOARDS[field.kind]
    if field.kind == "email":
        shown["type"] = "email"
    return StringField(say(field.label), render_kw=shown, **more)


def _list_input(field: Field, offered: list[Any], *, manner: Manner, shown: dict[str, Any], more: dict[str, Any]) -> Any:
    nothing = choices([("", manner.nothing)])
    # The choice is read by `answers`, as every kind is: a draft may hold a place that this page, narrowed to a district, does not offer.
    if field.kind == "choice" and len(offered) <= manner.most_radios:
        return RadioField(say(field.label), choices=[*offered, *nothing] if manner.is_open else offered, validate_choice=False, **more)
    return SelectField(say(field.label), choices=[*nothing, *offered], validate_choice=False, render_kw=shown, **more)


def _options(field: Field, known: Catalogue, district: str) -> list[Any]:
    return choices((option.id, say(option.label)) for option in field.options)


def _districts(field: Field, known: Catalogue, district: str) -> list[Any]:
    return _named(known.districts)


def _tehsils(field: Field, known: Catalogue, district: str) -> list[Any]:
    if district:
        return _within(known.tehsils, district)
    grouped = [_within(known.tehsils, one, group=say(row["name"])) for one, row in sorted(known.districts.items())]
    return [choice for group in grouped for choice in group]


def _ulbs(field: Field, known: Catalogue, district: str) -> list[Any]:
    # Never all 170 at once, which would be heavier than the rest of the page.
    return _within(known.ulbs, district)


def _within(rows: Mapping[str, Mapping[str, Any]], district: str, *, group: str | None = None) -> list[Any]:
    return _named({key: row for key, row in rows.items() if row["district"] == district}, group=group)


def _named(rows: Mapping[str, Mapping[str, Words]], *, group: str | None = None) -> list[Any]:
    return choices(((place_id, say(place["name"])) for place_id, place in rows.items()), group=group)


LISTED: Mapping[str, Callable[[Field, Catalogue, str], list[Any]]] = {
    "choice": _options,
    "district": _districts,
    "tehsil": _tehsils,
    "ulb": _ulbs,
}
