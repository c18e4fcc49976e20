"""The input of each kind of field."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue] - younger than its stubs

from msewa.catalogue.rules import Field, Words
from msewa.catalogue.snapshot import Catalogue
from msewa.web.filters import say

MOST_RADIOS = 4
DIGITS = frozenset({"mobile", "pincode", "last4", "year", "money", "percent", "number"})
LARGE = {"people": 5, "long_text": 4, "address": 2}
Choices = list[SelectChoice]


def make_input(field: Field, *, required: bool, known: Catalogue, district: str) -> Any:
    """Return the unbound input of a field; places are narrowed down to a district that is known (else "")."""
    attributes: dict[str, Any] = {"autocomplete": field.autocomplete} if field.autocomplete else {}
    if field.kind in LISTED:
        choices = LISTED[field.kind](field, known, district)
        # A radio button can't be unpressed, so what may be left open is a list with an empty first row.
        if field.kind == "choice" and required and len(choices) <= MOST_RADIOS:
            return RadioField(say(field.label), choices=choices, validate_choice=False)
        nothing = SelectChoice("", gettext("Choose"))
        return SelectField(say(field.label), choices=[nothing, *choices], validate_choice=False, render_kw=attributes)
    if field.kind in LARGE:
        return TextAreaField(say(field.label), render_kw={"rows": LARGE[field.kind], **attributes})
    if field.kind in DIGITS:
        attributes["inputmode"] = "decimal" if field.kind in ("number", "percent") else "numeric"
    if field.kind == "email":
        attributes["type"] = "email"
    return StringField(say(field.label), render_kw=attributes)


def _options(field: Field, known: Catalogue, district: str) -> Choices:
    return [SelectChoice(option.id, say(option.label)) for option in field.options]


def _districts(field: Field, known: Catalogue, district: str) -> Choices:
    return _named(known.districts)


def _tehsils(field: Field, known: Catalogue, district: str) -> Choices:
    if district:
        return _named({key: row for key, row in known.tehsils.items() if row["district"] == district})
    return _by_district(known.tehsils, known)


def _ulbs(field: Field, known: Catalogue, district: str) -> Choices:
    # Never all 170 at once, which would be heavier than the rest of the page.
    return _named({key: row for key, row in known.ulbs.items() if row["district"] == district})


def _named(rows: Mapping[str, Mapping[str, Words]]) -> Choices:
    return [SelectChoice(place_id, say(place["name"])) for place_id, place in rows.items()]


def _by_district(rows: Mapping[str, Mapping[str, Any]], known: Catalogue) -> Choices:
    ordered = sorted(rows.items(), key=lambda item: item[1]["district"])
    names = {district_id: say(district["name"]) for district_id, district in known.districts.items()}
    return [SelectChoice(place_id, say(row["name"]), optgroup=names[row["district"]]) for place_id, row in ordered]


LISTED: Mapping[str, Callable[[Field, Catalogue, str], Choices]] = {
    "choice": _options,
    "district": _districts,
    "tehsil": _tehsils,
    "ulb": _ulbs,
}
