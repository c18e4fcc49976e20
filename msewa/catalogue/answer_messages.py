"""The sentence for each reason why an answer can't be used: what is wrong, then how to put it right."""

from flask_babel import gettext, lazy_gettext, ngettext

from msewa.catalogue.answers import AnswerError
from msewa.web.aadhaar import ONLY_FOUR

_ = lazy_gettext
SENTENCES = {
    "missing": _("Please fill this in"),
    "too_long": _("This is too long: %(most)s characters fit, you have %(now)s"),
    "whole_aadhaar": ONLY_FOUR,
    "no_letters": _("Write the name in letters"),
    "date_form": _("Write the date as day/month/year, for example 05/01/1990"),
    "no_such_date": _("There is no such date. Check the day and the month"),
    "date_in_future": _("This date is still to come. Check the year"),
    "date_too_old": _("This date is before 1900. Check the year"),
    "year_form": _("Write the year with four digits, for example 2019"),
    "year_range": _("Write a year from %(first)s to %(last)s"),
    "mobile_form": _("Write the ten digits of an Indian mobile number; it begins with 6, 7, 8 or 9"),
    "email_form": _("Write the e-mail address like name@example.in"),
    "pick_one": _("Choose one from the list"),
    "other_district": _("It is not in the district that you chose. Choose one that is"),
    "pin_code_form": _("A PIN code has six digits and does not begin with 0"),
    "number_form": _("Write this in digits only, for example 25000"),
    "whole_rupees": _("Write whole rupees, without paise"),
    "percent_range": _("Write a number from 0 to 100"),
    "four_digits": _("Write the last four digits only"),
    "pan_form": _("Check the PAN: five letters, four digits, one letter, for example ABCPE1234F"),
    "gstin_form": _("Check the GSTIN: it has 15 letters and digits"),
    "gstin_check": _("One letter or digit of the GSTIN is not right. Compare it with the certificate"),
    "vehicle_form": _("Write the vehicle's number like PB10AB1234"),
    "bank_form": _("Write the account number, a space, then the IFSC code, for example 123456789012 SBIN0001234"),
}


def sentence_of(error: AnswerError) -> str:
    """Return the sentence for `error` in the language of the request."""
    # These two count digits, and one digit is not said like two.
    if error.code == "mobile_short":
        return ngettext(
            "%(num)d digit is missing in the mobile number", "%(num)d digits are missing in the mobile number", int(error.values["count"])
        )
    if error.code == "mobile_long":
        return ngettext(
            "The mobile number has %(num)d digit too many", "The mobile number has %(num)d digits too many", int(error.values["count"])
        )
    return str(SENTENCES[error.code]) % error.values if error.values else str(SENTENCES[error.code])


def missing() -> str:
    """Return the sentence for an empty field that must be filled."""
    return gettext("Please fill this in")
