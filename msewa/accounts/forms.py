"""What people type to open an account and to get in."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, HiddenField, PasswordField, StringField, ValidationError

from msewa.accounts.passwords import LONGEST, Weakness, find_weakness
from msewa.config import LANGUAGES
from msewa.crypto.blind_index import normalise_email, normalise_mobile
from msewa.crypto.normal import nfc
from msewa.web.aadhaar import no_aadhaar
from msewa.web.choices import one_of
from msewa.web.forms import Form, ascii_digits, clean_text

# WTForms asks for str where it takes anything that can be written.
_: Callable[[str], Any] = lazy_gettext

LONGEST_NAME = 100
SIX_DIGITS = re.compile(r"[0-9]{6}")
WEAKNESSES = {
    Weakness.SHORT: _("Take at least 12 letters, digits or signs. Length is what keeps others out."),
    Weakness.LONG: _("Take at most 256 letters, digits or signs."),
    Weakness.COMMON: _("This is one of the first passwords that thieves try. Take one that nobody else would choose."),
    Weakness.CONTEXT: _("This is easy to guess from your name, your number, your district or this site. Take other words."),
}


def check_mobile(field_required: Any) -> Callable[[Form, Field], None]:
    """Return a validator that turns an Indian mobile number into +91 and ten digits; `field_required` is said when it is empty."""

    def check(form: Form, field: Field) -> None:
        if not field.data:
            raise ValidationError(field_required)
        try:
            field.normal = normalise_mobile(field.data)  # pyright: ignore[reportAttributeAccessIssue]
        except ValueError:
            raise ValidationError(_mobile_fault(field.data)) from None

    return check


def _mobile_fault(typed: str) -> str:
    count = len(re.sub(r"[^0-9]", "", ascii_digits(typed)).removeprefix("91"))
    if count == 9:
        return gettext("One digit is missing in the mobile number")
    return gettext("Write a mobile number of ten digits that begins with 6, 7, 8 or 9")


def check_email(form: Form, field: Field) -> None:
    """Check an e-mail address and bring it to one spelling."""
    try:
        field.normal = normalise_email(field.data or "")  # pyright: ignore[reportAttributeAccessIssue]
    except ValueError:
        raise ValidationError(gettext("Write an e-mail address such as name@example.in")) from None


def six_digits(form: Form, field: Field) -> None:
    """Check a code of six digits, typed in any script and with spaces."""
    if SIX_DIGITS.fullmatch(field.data or "") is None:
        raise ValidationError(gettext("Write the six digits of the code"))


def given(message: Any) -> Callable[[Form, Field], None]:
    """Return a validator that says `message` when nothing was typed."""

    def check(form: Form, field: Field) -> None:
        if not field.data:
            raise ValidationError(message)

    return check


def as_code(value: str | None) -> str:
    """Return a typed code without spaces and dashes, its digits as ASCII."""
    return re.sub(r"[\s\-]", "", ascii_digits(clean_text(value)))


def as_password(value: str | None) -> str:
    """Return a password in NFC and otherwise exactly as typed."""
    return nfc(value or "")


WRITE_HERS = _("Write your mobile number")


def mobile_input(otherwise: Any = WRITE_HERS) -> StringField:
    """Return the question for a mobile number; a form asks in the order in which its questions are made."""
    return StringField(_("Mobile number"), filters=[clean_text], validators=[check_mobile(otherwise)])


class WithMobile(Form):
    """A form that asks for a mobile number, first unless it makes the question again."""

    mobile = mobile_input()

    @property
    def mobile_number(self) -> str:
        """The number as +91 and ten digits, once the form is valid."""
        return self.mobile.normal  # pyright: ignore


class DetailsForm(WithMobile):
    """The two things an account needs to know."""

    full_name = StringField(_("Full name"), filters=[clean_text], validators=[given(_("Write your name as on your papers"))])
    mobile = mobile_input()

    def validate_full_name(self, field: Field) -> None:
        """Names are as people have them: any script, one word or many; only a letter and an end are asked for."""
        if not any(sign.isalpha() for sign in field.data):
            raise ValidationError(gettext("Write your name in letters"))
        if "\n" in field.data:
            raise ValidationError(gettext("Write the name in one line"))
        if len(field.data) > LONGEST_NAME:
            raise ValidationError(gettext("Write the name in at most 100 letters"))
        no_aadhaar(self, field)


class CodeForm(Form):
    """A code of six digits."""

    code = StringField(_("6-digit code"), filters=[as_code], validators=[six_digits])


def code_unless_passkey(form: Form, field: Field) -> None:
    """Check a code of six digits, unless a passkey answers in its place."""
    if not form["passkey"].data:
        six_digits(form, field)


class FactorForm(Form):
    """The second factor: a code of six digits, or what a browser answers for a passkey (JSON)."""

    code = StringField(_("6-digit code"), filters=[as_code], validators=[code_unless_passkey])
    passkey = HiddenField()


class NewPasskeyForm(Form):
    """What a browser answers once it has made a passkey (JSON)."""

    passkey = HiddenField(validators=[given(_("No passkey was made. Try again."))])


def new_password_input() -> PasswordField:
    """Return the question for a new password; a form asks, and names what is wrong, in the order in which its questions are made."""
    return PasswordField(_("New password"), filters=[as_password])


class NewPasswordForm(Form):
    """A new password."""

    new_password = new_password_input()
    about_her: Iterable[str] = ()

    def validate_new_password(self, field: Field) -> None:
        """Refuse what is short or easily guessed, and say why."""
        _check_strength(field, about_her=self.about_her)


class PasswordForm(Form):
    """The password of a new account."""

    password = PasswordField(_("Password"), filters=[as_password])
    about_her: Iterable[str] = ()

    def validate_password(self, field: Field) -> None:
        """Refuse what is short or easily guessed, and say why."""
        _check_strength(field, about_her=self.about_her)


def _check_strength(field: Field, *, about_her: Iterable[str]) -> None:
    if not field.data:
        raise ValidationError(gettext("Choose a password"))
    weakness = find_weakness(field.data, about_her=about_her)
    if weakness is not None:
        raise ValidationError(WEAKNESSES[weakness])


class KeptForm(Form):
    """Whether the recovery codes are kept safe."""

    kept = BooleanField(_("I have kept them"), validators=[given(_("Keep the ten paper keys first, then tick here"))])


def check_name(form: Form, field: Field) -> None:
    """Check what somebody signs in with: her mobile number, or the e-mail address of her account."""
    check = check_email if "@" in (field.data or "") else check_mobile(_("Write your mobile number"))
    check(form, field)


class SignInForm(WithMobile):
    """Number and password; whoever lost her number gives her e-mail address in its place."""

    mobile = StringField(_("Mobile number"), filters=[clean_text], validators=[check_name])

    password = PasswordField(_("Password"), filters=[as_password], validators=[given(_("Write your password"))])

    def validate_password(self, field: Field) -> None:
        """Spare the long work for what can be nobody's password."""
        _refuse_endless(field)


class PaperForm(Form):
    """A recovery code."""

    code = StringField(_("Paper key"), filters=[clean_text], validators=[given(_("Write one of your paper keys"))])


class ProofForm(Form):
    """Password and second factor once more."""

    password = PasswordField(_("Password"), filters=[as_password], validators=[given(_("Write your password"))])
    code = StringField(_("6-digit code"), filters=[as_code], validators=[code_unless_passkey])
    passkey = HiddenField()

    def validate_password(self, field: Field) -> None:
        """Spare the long work for what can be nobody's password."""
        _refuse_endless(field)


class ChangePasswordForm(NewPasswordForm):
    """The password of today and the one from now on."""

    password = PasswordField(_("Your present password"), filters=[as_password], validators=[given(_("Write your password"))])
    new_password = new_password_input()

    def validate_password(self, field: Field) -> None:
        """Spare the long work for what can be nobody's password."""
        _refuse_endless(field)


class LostForm(WithMobile):
    """What was lost."""

    lost = one_of(
        _("What did you lose?"),
        [
            ("phone", _("My phone with the second key")),
            ("password", _("My password")),
            ("everything", _("Both, and my paper keys too")),
        ],
        otherwise=_("Choose what you lost"),
    )


class LostPhoneForm(Form):
    """Password and a recovery code, for a lost phone."""

    password = PasswordField(_("Password"), filters=[as_password], validators=[given(_("Write your password"))])
    code = StringField(_("Paper key"), filters=[clean_text], validators=[given(_("Write one of your paper keys"))])

    def validate_password(self, field: Field) -> None:
        """Spare the long work for what can be nobody's password."""
        _refuse_endless(field)


class EitherKeyForm(Form):
    """A code of the authenticator app, or a recovery code."""

    code = StringField(_("Code of your app, or a paper key"), filters=[as_code], validators=[given(_("Write a code"))])


class MobileForm(WithMobile):
    """A new number."""


class EmailForm(Form):
    """A new e-mail address."""

    email = StringField(_("E-mail address"), filters=[clean_text], validators=[check_email])

    @property
    def address(self) -> str:
        """The address in its one spelling, once the form is valid."""
        return self.email.normal  # pyright: ignore


class LanguageForm(Form):
    """The language that messages come in."""

    language = one_of(_("Language of our messages"), LANGUAGES, otherwise=_("Choose a language"))


def _refuse_endless(field: Field) -> None:
    if len(field.data or "") > LONGEST:
        raise ValidationError(gettext("Take at most 256 letters, digits or signs."))
