"""How a kept answer reads: dates, sums and numbers as people write them, choices and places by their names."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from msewa.catalogue.rules import Field, Words
from msewa.catalogue.snapshot import Catalogue
from msewa.web.filters import show_date, show_mobile, show_rupees


def show(field: Field, value: str, language: str, *, catalogue: Catalogue) -> str:
    """Write a kept value for a person to read; a draft's text that was never read stays as typed, "" stays ""."""
    if field.options:
        labels = {option.id: option.label for option in field.options}
        return _in(labels.get(value), language) or value
    if field.kind in PLACES:
        place = PLACES[field.kind](catalogue).get(value)
        return _in(place["name"], language) if place else value
    if field.kind == "money" and value.isascii() and value.isdecimal():
        return show_rupees(int(value) * 100)
    if field.kind == "percent" and value:
        return f"{value}%"
    return as_typed(field, value)


def as_typed(field: Field, value: str) -> str:
    """Write a kept value as it stands in the input where it is changed."""
    if field.kind == "date":
        with suppress(ValueError):
            return show_date(date.fromisoformat(value))
    if field.kind == "mobile" and value.startswith("+91"):
        return show_mobile(value)
    return value


def _in(words: Words | None, language: str) -> str:
    return (words.get(language) or words["en"]) if words else ""


PLACES: dict[str, Callable[[Catalogue], Mapping[str, Mapping[str, Any]]]] = {
    "district": lambda known: known.districts,
    "tehsil": lambda known: known.tehsils,
    "ulb": lambda known: known.ulbs,
}
