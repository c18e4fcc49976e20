"""What she writes to complain."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import Field, SelectField, StringField, TextAreaField, ValidationError

from msewa.accounts.forms import given
from msewa.grievances.rules import LONGEST_TEXT
from msewa.web.choices import choices
from msewa.web.forms import Form, clean_text

_: Callable[[str], Any] = lazy_gettext


class TextForm(Form):
    """One text."""

    text = TextAreaField(_("What happened?"), filters=[clean_text], render_kw={"rows": 6})

    def validate_text(self, field: Field) -> None:
        """Ask for words, and not for more than fit."""
        if not field.data:
            raise ValidationError(gettext("Write what happened, in your own words"))
        if len(field.data) > LONGEST_TEXT:
            raise ValidationError(gettext("Write at most 4,000 letters"))


class ComplaintForm(TextForm):
    """One text, and what it is about."""

    about = SelectField(_("What is it about?"), choices=[])

    def __init__(self, subjects: list[tuple[str, str]], **data: Any) -> None:
        super().__init__(data=data)
        self.about.choices = choices(subjects)


class CorrectionForm(TextForm):
    """Which field an office has wrong, and what it should say."""

    field = SelectField(_("What is wrong?"), choices=[])
    new = StringField(_("What it should say"), filters=[clean_text], validators=[given(_("Write what it should say"))])

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        super().__init__()
        self.field.choices = choices(fields)
