"""A whole Aadhaar number, found wherever it is typed, so that it is kept nowhere (P9)."""

import re
from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext
from stdnum.in_ import aadhaar
from wtforms import Field, ValidationError

from msewa.web.forms import ascii_digits

_: Callable[[str], Any] = lazy_gettext
ONLY_FOUR = _("Write only the last four digits of Aadhaar. We never keep the whole number")
# What begins with a plus is a telephone number.
TWELVE_DIGITS = re.compile(r"(?<![\d+])\d{4}[\s-]{0,2}\d{4}[\s-]{0,2}\d{4}(?!\d)")


def holds_aadhaar(text: str) -> bool:
    """Whether twelve digits of a text are an Aadhaar number by their check digit, as one in ten of all others is too."""
    return any(aadhaar.is_valid(re.sub(r"\D", "", found[0])) for found in TWELVE_DIGITS.finditer(ascii_digits(text)))


def no_aadhaar(form: object, field: Field) -> None:
    """Refuse a text that holds a whole Aadhaar number; a validator of forms."""
    if holds_aadhaar(field.data or ""):
        raise ValidationError(ONLY_FOUR)
