"""What a person types for a field, read into the one form in which it is kept, or refused by a named reason.

Kept forms: dates ISO (1990-01-05), mobiles +91 and ten digits, money whole rupees,
everything else as typed in NFC without its outer spaces.
"""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from email_validator import EmailNotValidError, validate_email
from stdnum.in_ import gstin, pan

from msewa.catalogue.rules import Field
from msewa.crypto.blind_index import CODED_WORD, normalise_mobile
from msewa.web.aadhaar import holds_aadhaar
from msewa.web.forms import ascii_digits, clean_text

DATE = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})")
# A telephone's pad of digits has no stroke: 05011990.
BARE_DATE = re.compile(r"(\d{2})(\d{2})(\d{4})")
ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
NUMBER = re.compile(r"\d{1,9}(\.\d{1,3})?")
PIN_CODE = re.compile(r"[1-9]\d{5}")
# PB10AB1234, and the Bharat series of 2021: 22BH1234AA.
VEHICLE = re.compile(r"[A-Z]{2}\d{1,2}[A-Z]{0,3}\d{1,4}|\d{2}BH\d{4}[A-Z]{1,2}")
BANK = re.compile(r"(\d{9,18})[\s,]+([A-Z]{4}0[A-Z0-9]{6})")
LETTER = re.compile(r"[^\W\d_]")
# Questions that ask for a number of another kind: one in ten of those with twelve digits could be an Aadhaar number too.
OTHER_NUMBERS = ("_number", "_account", "_id", "_khasra")
EARLIEST_YEAR = 1900
# However little is kept of it, a person may paste a number with its spaces, a sum with its sign.
MOST_TYPED = 200
GSTIN_LENGTH = 15


class AnswerError(ValueError):
    """What was typed can't be used; `code` names the reason, `values` fill its sentence."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Places(Protocol):
    """The districts, tehsils and town bodies there are, by id."""

    @property
    def districts(self) -> Container[str]:
        """Ids of the districts."""
        ...

    @property
    def tehsils(self) -> Container[str]:
        """Ids of the tehsils."""
        ...

    @property
    def ulbs(self) -> Container[str]:
        """Ids of the town bodies."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader may need besides the text."""

    field: Field
    today: date
    places: Places


def parse(field: Field, raw: str | None, *, today: date, places: Places) -> str:
    """Return the kept form of `raw`, "" when nothing was typed; AnswerError when it can't be used."""
    text = clean_text(raw)
    if not text:
        return ""
    try:
        return _read(text, Reading(field, today, places))
    except AnswerError:
        # Whatever else is wrong with it: this comes first, for it is kept nowhere.
        _refuse_aadhaar(text, field)
        raise


def _read(text: str, reading: Reading) -> str:
    field = reading.field
    if len(text) > max(field.max_length, MOST_TYPED):
        raise AnswerError("too_long", most=field.max_length, now=len(text))
    kept = READERS.get(field.kind, _text)(text, reading)
    if len(kept) > field.max_length:
        raise AnswerError("too_long", most=field.max_length, now=len(kept))
    return kept


def _text(text: str, reading: Reading) -> str:
    _refuse_aadhaar(text, reading.field)
    return text


def _refuse_aadhaar(text: str, field: Field) -> None:
    if not field.key.endswith(OTHER_NUMBERS) and holds_aadhaar(text):
        raise AnswerError("whole_aadhaar")


def _name(text: str, reading: Reading) -> str:
    if not LETTER.search(text):
        raise AnswerError("no_letters")
    return _text(text, reading)


def _date(text: str, reading: Reading) -> str:
    year, month, day = _date_parts(ascii_digits(text), today=reading.today)
    try:
        value = date(year, month, day)
    except ValueError:
        raise AnswerError("no_such_date") from None
    if value > reading.today:
        raise AnswerError("date_in_future")
    if year < EARLIEST_YEAR:
        raise AnswerError("date_too_old")
    return value.isoformat()


def _date_parts(text: str, *, today: date) -> tuple[int, int, int]:
    found = ISO_DATE.fullmatch(text)
    if found:
        return int(found[1]), int(found[2]), int(found[3])
    found = DATE.fullmatch(text) or BARE_DATE.fullmatch(text)
    if not found:
        raise AnswerError("date_form")
    return _full_year(found[3], today=today), int(found[2]), int(found[1])


def _full_year(text: str, *, today: date) -> int:
    # Of two digits the nearest year that is not still to come: nobody is asked for a day in the future.
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year <= today.year % 100 else 1900)


def _year(text: str, reading: Reading) -> str:
    digits = ascii_digits(text)
    if not re.fullmatch(r"\d{4}", digits, re.ASCII):
        raise AnswerError("year_form")
    if not EARLIEST_YEAR <= int(digits) <= reading.today.year + 1:
        raise AnswerError("year_range", first=EARLIEST_YEAR, last=reading.today.year + 1)
    return digits


def _mobile(text: str, reading: Reading) -> str:
    digits = re.sub(r"[\s()-]", "", ascii_digits(text)).removeprefix("+91").removeprefix("0")
    # Only of what could be a number is it said how many digits are wrong; twelve from 91 on have the country's before them.
    if digits.isascii() and digits.isdigit() and 5 <= len(digits) != 10 and not (len(digits) == 12 and digits.startswith("91")):
        missing = 10 - len(digits)
        raise AnswerError("mobile_short" if missing > 0 else "mobile_long", count=abs(missing))
    try:
        return normalise_mobile(text)
    except ValueError:
        raise AnswerError("mobile_form") from None


def _email(text: str, reading: Reading) -> str:
    if CODED_WORD in text:
        raise AnswerError("email_form")
    try:
        # Whether its host takes mail would have to be asked of a name server, which so would learn of it.
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise AnswerError("email_form") from None


def _listed(code: str, known: Callable[[Reading], Container[str]]) -> Callable[[str, Reading], str]:
    def read(text: str, reading: Reading) -> str:
        if text not in known(reading):
            raise AnswerError(code)
        return text

    return read


def _pin_code(text: str, reading: Reading) -> str:
    # `\d` takes the digits of every script, and what is kept has ASCII ones alone.
    digits = re.sub(r"\s", "", ascii_digits(text))
    if not PIN_CODE.fullmatch(digits) or not digits.isascii():
        raise AnswerError("pin_code_form")
    return digits


def _number(text: str, reading: Reading) -> str:
    digits = ascii_digits(text).replace(",", "").removeprefix("₹").strip()
    digits = f"0{digits}" if digits.startswith(".") else digits
    if not digits.isascii() or not NUMBER.fullmatch(digits):
        raise AnswerError("number_form")
    return digits


def _money(text: str, reading: Reading) -> str:
    # As people write a sum: Rs. 500/-
    rupees = _number(re.sub(r"(?i)^(rs\.?|inr)\s*|/-$", "", text), reading)
    if "." in rupees and rupees.partition(".")[2].strip("0"):
        raise AnswerError("whole_rupees")
    return str(int(rupees.partition(".")[0]))


def _percent(text: str, reading: Reading) -> str:
    value = _number(text.rstrip("% "), reading)
    if float(value) > 100:
        raise AnswerError("percent_range")
    return value


def _last_four(text: str, reading: Reading) -> str:
    # As it stands on a masked card: XXXX XXXX 1234.
    digits = re.sub(r"[\sxX*•-]", "", ascii_digits(text))
    if len(digits) == 12 and digits.isascii() and digits.isdigit():
        raise AnswerError("whole_aadhaar")
    if not re.fullmatch(r"\d{4}", digits, re.ASCII):
        raise AnswerError("four_digits")
    return digits


def _numbered(code: str, is_valid: Callable[[str], bool]) -> Callable[[str, Reading], str]:
    def read(text: str, reading: Reading) -> str:
        compact = re.sub(r"[\s-]", "", ascii_digits(text)).upper()
        if not compact.isascii() or not is_valid(compact):
            raise AnswerError(code)
        return compact

    return read


def _gstin(text: str, reading: Reading) -> str:
    # The form first and its check digit then, so that she reads which of both is wrong.
    compact = _numbered("gstin_form", lambda typed: len(typed) == GSTIN_LENGTH and typed.isalnum())(text, reading)
    if not gstin.is_valid(compact):
        raise AnswerError("gstin_check")
    return compact


def _bank_account(text: str, reading: Reading) -> str:
    found = BANK.fullmatch(ascii_digits(text).upper())
    if not found or not found[1].isascii():
        raise AnswerError("bank_form")
    return f"{found[1]} {found[2]}"


READERS: dict[str, Callable[[str, Reading], str]] = {
    "name": _name,
    "date": _date,
    "year": _year,
    "mobile": _mobile,
    "email": _email,
    "district": _listed("pick_one", lambda reading: reading.places.districts),
    "tehsil": _listed("pick_one", lambda reading: reading.places.tehsils),
    "ulb": _listed("pick_one", lambda reading: reading.places.ulbs),
    "choice": _listed("pick_one", lambda reading: {option.id for option in reading.field.options}),
    "pincode": _pin_code,
    "number": _number,
    "money": _money,
    "percent": _percent,
    "last4": _last_four,
    "pan": _numbered("pan_form", pan.is_valid),
    "gstin": _gstin,
    "vehicle": _numbered("vehicle_form", lambda text: VEHICLE.fullmatch(text) is not None),
    "bank_account": _bank_account,
}
