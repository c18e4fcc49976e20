"""The steps of a form: those of the definition, then its papers if it asks for any, then the review."""

from msewa.catalogue.rules import Definition
from msewa.web.forms import ascii_digits


def paper_step_of(definition: Definition) -> int | None:
    """Return the number of the step where papers are added, counted from 1; None for a service without papers."""
    return len(definition.steps) + 1 if definition.papers else None


def count_steps(definition: Definition) -> int:
    """Return how many steps are filled in before the review."""
    return paper_step_of(definition) or len(definition.steps)


def read_step(text: str | None, definition: Definition) -> int | None:
    """Return the step an address asks for; None where it asks for none that there is."""
    digits = ascii_digits(text or "")
    if digits.isascii() and digits.isdecimal() and len(digits) < 4 and 1 <= int(digits) <= count_steps(definition):
        return int(digits)
    return None
