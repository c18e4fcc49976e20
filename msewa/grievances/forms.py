"""What she writes to complain."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import Field as Input
from wtforms import StringField, TextAreaField, ValidationError

from msewa.accounts.forms import given
from msewa.catalogue.inputs import LISTED, Manner, make_input
from msewa.catalogue.queries import catalogue
from msewa.catalogue.rules import Field
from msewa.grievances.rules import LONGEST_TEXT
from msewa.web.aadhaar import no_aadhaar
from msewa.web.choices import choices, list_of
from msewa.web.forms import Form, clean_text

_: Callable[[str], Any] = lazy_gettext
PICK = _("Choose one from the list")
WRITE_NEW = given(_("Write what it should say"))


class TextForm(Form):
    """One text."""

    ask = _("Write what happened, in your own words")
    text = TextAreaField(_("What happened?"), filters=[clean_text], render_kw={"rows": 6})

    def validate_text(self, field: Input) -> None:
        """Ask for words, not for more than fit, and not for what is kept nowhere."""
        if not field.data:
            raise ValidationError(self.ask)
        no_aadhaar(self, field)
        if len(field.data) > LONGEST_TEXT:
            raise ValidationError(gettext("Write at most 4,000 letters"))


class ComplaintForm(TextForm):
    """One text, and what it is about."""

    about = list_of(_("What is it about?"), otherwise=PICK)

    def __init__(self, subjects: list[tuple[str, str]], **data: Any) -> None:
        super().__init__(data=data)
        self.about.choices = choices(subjects)


def _why() -> TextAreaField:
    # Made where it stands on the page, so that the summary of errors comes in the page's order.
    return TextAreaField(_("Why?"), filters=[clean_text], render_kw={"rows": 3})


class CorrectionForm(TextForm):
    """Which field an office has wrong, and what it should say."""

    ask = _("Write why")
    field = list_of(_("What is wrong?"), otherwise=PICK)
    new = StringField(_("What it should say"), filters=[clean_text], validators=[WRITE_NEW])
    text = _why()

    def __init__(self, fields: list[tuple[str, str]], **data: Any) -> None:
        super().__init__(data=data)
        self.field.choices = choices([("", gettext("Choose")), *fields])

    def validate_field(self, field: Input) -> None:
        """Ask which: a field that stood there by itself would be asked about by mistake."""
        if not field.data:
            raise ValidationError(PICK)


def correction_form(fields: list[tuple[str, str]], *, asked: Field | None, district: str) -> CorrectionForm:
    """Return the form; once it is known that `asked` is the wrong one, an answer that is picked from a list is picked here too."""
    if asked is None or asked.kind not in LISTED:
        return CorrectionForm(fields, field=asked.key if asked else None)
    manner = Manner(gettext("Choose"), most_radios=0, is_open=False)
    new = make_input(asked, manner=manner, known=catalogue(), district=district, validators=[WRITE_NEW])
    return type("CorrectionForm", (CorrectionForm,), {"new": new, "text": _why()})(fields, field=asked.key)
