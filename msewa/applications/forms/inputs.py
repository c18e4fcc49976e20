"""The input of each kind of field."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext
from wtforms import Field as Input
from wtforms import RadioField, SelectField, StringField, TextAreaField

from msewa.catalogue.rules import Field, Words
from msewa.catalogue.snapshot import Catalogue
from msewa.web.filters import say

MOST_RADIOS = 4
DIGITS = frozenset({"mobile", "pincode", "last4", "year", "money", "percent", "number"})
LARGE = {"people": 5, "long_text": 4, "address": 2}
Choices = list[tuple[str, str]] | dict[str, list[tuple[str, str]]]


def make_input(field: Field, *, required: bool, known: Catalogue, district: str) -> Input:
    """Return the unbound input of a field; places are narrowed down to a district that is known (else "")."""
    attributes: dict[str, Any] = {"autocomplete": field.autocomplete} if field.autocomplete else {}
    if field.kind in LISTED:
        choices = LISTED[field.kind](field, known, district)
        return _choice(say(field.label), choices, required=required, attributes=attributes)
    if field.kind in LARGE:
        return TextAreaField(say(field.label), render_kw={"rows": LARGE[field.kind], **attributes})
    if field.kind in DIGITS:
        attributes["inputmode"] = "decimal" if field.kind in ("number", "percent") else "numeric"
    if field.kind == "email":
        attributes["type"] = "email"
    return StringField(say(field.label), render_kw=attributes)


def _choice(label: str, choices: Choices, *, required: bool, attributes: dict[str, Any]) -> Input:
    # A radio button can't be unpressed, so what may be left open is a list with an empty first row.
    if required and isinstance(choices, list) and len(choices) <= MOST_RADIOS:
        return RadioField(label, choices=choices, validate_choice=False)
    nothing = ("", gettext("Choose"))
    rows: Any = {"": [nothing], **choices} if isinstance(choices, dict) else [nothing, *choices]
    return SelectField(label, choices=rows, validate_choice=False, render_kw=attributes)


def _options(field: Field, known: Catalogue, district: str) -> Choices:
    return [(option.id, say(option.label)) for option in field.options]


def _districts(field: Field, known: Catalogue, district: str) -> Choices:
    return _named(known.districts)


def _tehsils(field: Field, known: Catalogue, district: str) -> Choices:
    return _by_district(known.tehsils, known, district)


def _ulbs(field: Field, known: Catalogue, district: str) -> Choices:
    return _by_district(known.ulbs, known, "")


def _named(rows: Mapping[str, Mapping[str, Words]]) -> list[tuple[str, str]]:
    return [(place_id, say(place["name"])) for place_id, place in rows.items()]


def _by_district(rows: Mapping[str, Mapping[str, Any]], known: Catalogue, district: str) -> Choices:
    if district:
        return _named({key: row for key, row in rows.items() if row["district"] == district})
    grouped: dict[str, list[tuple[str, str]]] = {say(one["name"]): [] for one in known.districts.values()}
    for place_id, row in rows.items():
        grouped[say(known.districts[row["district"]]["name"])].append((place_id, say(row["name"])))
    return {name: places for name, places in grouped.items() if places}


LISTED: Mapping[str, Callable[[Field, Catalogue, str], Choices]] = {
    "choice": _options,
    "district": _districts,
    "tehsil": _tehsils,
    "ulb": _ulbs,
}
