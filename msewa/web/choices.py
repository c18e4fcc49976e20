"""What is chosen from in a form: the one place that knows a part of WTForms that is younger than its stubs."""

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue] - younger than its stubs
from wtforms.widgets import CheckboxInput


def choices(pairs: Iterable[tuple[str, Any]], *, group: str | None = None) -> list[Any]:
    """Return what RadioField and SelectField take as `choices`, of pairs of value and label; `group` stands above them."""
    return [SelectChoice(value, label, optgroup=group) for value, label in pairs]


def one_of(label: Any, pairs: Iterable[tuple[str, Any]], *, otherwise: Any) -> RadioField:
    """Return radio buttons of which one must be chosen; `otherwise` is said when none is, or one that was never offered."""
    younger: dict[str, Any] = {"invalid_choice_message": otherwise}
    return RadioField(label, choices=choices(pairs), **younger)


def list_of(label: Any, *, otherwise: Any) -> SelectField:
    """Return a list whose choices come later; `otherwise` is said when what was chosen is not among them."""
    younger: dict[str, Any] = {"invalid_choice_message": otherwise}
    return SelectField(label, choices=[], **younger)


def some_of(label: Any, *, otherwise: Any) -> SelectMultipleField:
    """Return boxes to tick whose choices come later; `otherwise` is said when what was ticked is not among them."""
    younger: dict[str, Any] = {"invalid_choice_message": otherwise}
    return SelectMultipleField(label, choices=[], option_widget=CheckboxInput(), **younger)
