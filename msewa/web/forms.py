"""The base of every form, and the cleaning that each typed text goes through before anything looks at it."""

import re
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm

from msewa.crypto.normal import nfc

# Digits of Gurmukhi and Devanagari: typed as a matter of course, stored as ASCII where a number is meant.
INDIC_DIGITS = str.maketrans({chr(base + n): str(n) for base in (0x0A66, 0x0966) for n in range(10)})
# Controls, lone surrogates, the code points that Unicode keeps for no character, and the sign for bytes that were no text.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane + low) for plane in range(0, 0x110000, 0x10000) for low in (0xFFFE, 0xFFFF))
_UNPRINTABLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd{_NONCHARACTERS}]")


def clean_text(value: str | None) -> str:
    """Return `value` in NFC and trimmed, without NUL, controls, lone surrogates and what was no text; all else stays as typed."""
    if not value:
        return ""
    return nfc(_UNPRINTABLE.sub("", value)).replace("\r\n", "\n").strip()


def ascii_digits(value: str) -> str:
    """Write Gurmukhi and Devanagari digits as ASCII ones."""
    return value.translate(INDIC_DIGITS)


class Words:
    """WTForms' own messages through our catalogue, since WTForms has no Punjabi."""

    def gettext(self, string: str) -> str:
        """Translate one of WTForms' messages."""
        return gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Translate one of WTForms' counted messages."""
        return gettext(singular if n == 1 else plural)


class Form(FlaskForm):
    """A form without a CSRF field of its own: the page's one token covers it."""

    class Meta(FlaskForm.Meta):
        """Settings of every form."""

        csrf = False  # pyright: ignore[reportIncompatibleMethodOverride, reportAssignmentType] - a property there, a setting here

        def get_translations(self, form: Any) -> Words:
            """Use our catalogue."""
            return Words()
