"""Whom she names."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import Field, StringField, ValidationError

from msewa.accounts.forms import LONGEST_NAME, check_mobile, given
from msewa.privacy.operations.nominating import Written
from msewa.privacy.rules import LONGEST_RELATION
from msewa.web.aadhaar import no_aadhaar
from msewa.web.forms import Form, clean_text

_: Callable[[str], Any] = lazy_gettext


class NomineeForm(Form):
    """A name, what this person is to her, and a number; about somebody else, so the browser fills in nothing."""

    full_name = StringField(
        _("Full name"), filters=[clean_text], validators=[given(_("Write the name"))], render_kw={"autocomplete": "off"}
    )
    relation = StringField(
        _("What this person is to you"),
        description=_("For example: daughter, brother, friend"),
        filters=[clean_text],
        validators=[given(_("Write what this person is to you"))],
    )
    mobile = StringField(
        _("Mobile number"),
        filters=[clean_text],
        validators=[check_mobile(_("Write the mobile number of this person"))],
        render_kw={"autocomplete": "off"},
    )

    def validate_full_name(self, field: Field) -> None:
        """Refuse what is too long to be a name, or no part of one."""
        no_aadhaar(self, field)
        _check_length(field, LONGEST_NAME)

    def validate_relation(self, field: Field) -> None:
        """Refuse what is too long to be said, or not to be kept."""
        no_aadhaar(self, field)
        _check_length(field, LONGEST_RELATION)

    def written(self) -> Written:
        """Return what was written, the number as +91 and ten digits."""
        mobile: Any = self.mobile
        return Written(full_name=self.full_name.data or "", relation=self.relation.data or "", mobile=mobile.normal)


def _check_length(field: Field, most: int) -> None:
    if len(field.data or "") > most:
        raise ValidationError(gettext("Write at most %(most)s letters", most=most))
