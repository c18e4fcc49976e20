"""What officers write at the console."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from wtforms import DateField, DateTimeLocalField, Field, SelectMultipleField, StringField, TextAreaField, ValidationError

from msewa.accounts.forms import check_mobile, given, mobile_input
from msewa.applications.references import read_reference
from msewa.config import LANGUAGES
from msewa.dpo.drafts import Fault
from msewa.dpo.rules import LONGEST_FILE, LONGEST_GAG, LONGEST_WORDS, Case, Ground
from msewa.grievances.rules import LONGEST_TEXT
from msewa.web.choices import choices, one_of
from msewa.web.forms import Form, ascii_digits, clean_text

_: Callable[..., Any] = lazy_gettext
INDIA = ZoneInfo("Asia/Kolkata")
EARLIEST, LATEST = 2000, 2999  # years; at the calendar's very ends there is no day before or after
GROUNDS = {
    Ground.LAW: _("A law demands it"),
    Ground.LIFE: _("A life is in imminent danger"),
    Ground.INFORMAL: _("An informal request"),
    Ground.PERMITTED: _("A law permits it, and does not demand it"),
}
TEXTS = {
    "policy": _("The privacy policy"),
    "registration": _("The notice before registering"),
    "purposes": _("Purposes"),
}
FAULTS = {
    Fault.UNREADABLE: _("This is no YAML file"),
    Fault.SHAPE: _("It lacks a part that such a text has"),
    Fault.LANGUAGES: _("Something is not said in all three languages"),
    Fault.VERSION: _("Its version must be the next one"),
    Fault.TOO_EARLY: _("It would be in force before today"),
    Fault.CHANGES: _("It does not say what changes for people"),
    Fault.READER: _("Nothing in mSewa reads for one of these purposes"),
    Fault.GROUND: _("A purpose keeps its ground: a choice stays a choice. Write a new purpose, with an id and a number of its own"),
    Fault.POLICY: _("A new purpose comes with a new version of the policy: publish that first, for the same day"),
}
CASES = {
    Case.DISPUTE: _("A dispute over a transaction"),
    Case.TERMS: _("The terms of use were broken"),
    Case.SECURITY: _("Fraud or security"),
    Case.TECHNICAL: _("A technical fault"),
}


def text_input(label: Any, missing: Any, *, rows: int = 0, longest: int = LONGEST_WORDS, lang: str = "") -> Any:
    """Return a question that must be answered, in `lang` where it is not the page's; with `rows` it has room for more than a line."""
    maker = TextAreaField if rows else StringField
    shape: dict[str, Any] = {**({"rows": rows} if rows else {}), **({"lang": lang} if lang else {})}
    return maker(label, filters=[clean_text], validators=[given(missing), _at_most(longest)], render_kw=shape or None)


def _at_most(longest: int) -> Callable[[Form, Field], None]:
    def check(form: Form, field: Field) -> None:
        if len(field.data) > longest:
            raise ValidationError(gettext("Write at most %(count)s letters", count=longest))

    return check


def reason_input() -> Any:
    """Return the question why somebody looks."""
    return text_input(_("Why?"), _("Write why you look; the citizen reads it"), longest=300)


class ReasonForm(Form):
    """Why somebody looks."""

    reason = reason_input()


class SearchForm(Form):
    """Whom somebody looks for, and for which case."""

    mobile = mobile_input(_("Write the mobile number"))
    case = text_input(_("Number of the case or complaint"), _("Write the number of an open case or complaint"), longest=20)
    reason = reason_input()

    @property
    def mobile_number(self) -> str:
        """The number as +91 and ten digits, once the form is valid."""
        return self.mobile.normal  # pyright: ignore


class OpenForm(Form):
    """Which fields somebody looks at, and for which case."""

    case = text_input(_("Number of the case or complaint"), _("Write the number of an open case or complaint"), longest=20)
    fields = SelectMultipleField(_("Fields to open"), validators=[given(_("Choose what you need to see"))])
    reason = reason_input()

    def __init__(self, fields: list[tuple[str, str]], **data: Any) -> None:
        super().__init__(data=data)
        self.fields.choices = choices(fields)


class CaseForm(Form):
    """What a case is about."""

    kind = one_of(_("What is the case about?"), CASES.items(), otherwise=_("Choose what the case is about"))


class AnswerForm(Form):
    """The answer to a complaint."""

    answer = text_input(_("Answer"), _("Write the answer"), rows=6, longest=LONGEST_TEXT)


class PublicationForm(Form):
    """A text to be published, as its file says it."""

    name = one_of(_("What is it?"), TEXTS.items(), otherwise=_("Choose what it is"))
    content = text_input(_("The whole file"), _("Put the whole file here"), rows=12, longest=LONGEST_FILE)


class DemandForm(Form):
    """A demand under law."""

    ground = one_of(_("Why is it asked for?"), GROUNDS.items(), otherwise=_("Choose why it is asked for"))
    authority = text_input(_("Authority"), _("Write which authority asks"), longest=200)
    provision = StringField(_("Act and section"), filters=[clean_text], validators=[_at_most(300)])
    instrument = text_input(_("Number of the order or letter"), _("Write the number of the order or letter"), longest=200)
    subject = StringField(_("Mobile number or application number"), filters=[clean_text])
    fields = SelectMultipleField(_("Fields that are asked for"), validators=[given(_("Choose what is asked for"))])
    gag_until = DateField(_("Secret until"), validators=[])
    gag_basis = StringField(_("Section that forbids telling"), filters=[clean_text], validators=[_at_most(300)])

    def __init__(self, fields: list[tuple[str, str]], *, today: date) -> None:
        super().__init__()
        self.fields.choices = choices(fields)
        self._today = today

    def validate_subject(self, field: Field) -> None:
        """Take a mobile number, or the number of an application."""
        if not field.data:
            raise ValidationError(gettext("Write whose data is asked for"))
        if self.application is None:
            check_mobile("")(self, field)

    def validate_gag_until(self, field: Field) -> None:
        """Let nothing be secret without a section that says so, and a day on which it ends."""
        field.errors = []
        if self.raw_gag and field.data is None:
            raise ValidationError(gettext("Write the day on which the secrecy ends"))
        if field.data is not None and field.data <= self._today:
            raise ValidationError(gettext("Choose a day that is still to come"))
        if field.data is not None and field.data > self._today + LONGEST_GAG:
            raise ValidationError(gettext("It can be secret for five years at most"))
        if field.data is not None and not self.gag_basis.data:
            raise ValidationError(gettext("Write which section forbids telling"))

    @property
    def raw_gag(self) -> str:
        """What was typed for the end of the secrecy."""
        return (self.gag_until.raw_data or [""])[0]

    @property
    def application(self) -> str | None:
        """The application's reference, None when a mobile number was typed."""
        return read_reference(self.subject.data or "")

    @property
    def mobile_number(self) -> str:
        """The number as +91 and ten digits, once the form is valid."""
        return self.subject.normal  # pyright: ignore

    @property
    def gag_end(self) -> datetime | None:
        """The first moment after the last secret day, in India."""
        day = self.gag_until.data
        return None if day is None else datetime.combine(day + timedelta(days=1), time(), tzinfo=INDIA)


# What everybody concerned reads of a breach (r. 7(1)): the question, what is said where it is not answered, and its lines.
TOLD = {
    "nature": (_("What happened"), _("Write what happened"), 3),
    "extent": (_("What data, and of how many"), _("Write what data it concerns"), 2),
    "consequences": (_("What may follow for the citizen"), _("Write what may follow for the citizen"), 2),
    "mitigation": (_("What we have done about it"), _("Write what was done about it"), 2),
    "advice": (_("What the citizen can do"), _("Write what the citizen can do"), 2),
}


class _Told:
    """What is told of a breach, each part in each language (`nature_pa`): nobody is to read of it in words she can't."""


for _part, (_label, _missing, _rows) in TOLD.items():
    for _code, _name in LANGUAGES:
        _asked, _wanted = (_("%(words)s (%(language)s)", words=words, language=_name) for words in (_label, _missing))
        setattr(_Told, f"{_part}_{_code}", text_input(_asked, _wanted, rows=_rows, lang=_code))


class BreachForm(_Told, Form):
    """A breach, in the words of the two notices; the causes are for the Board alone."""

    causes = text_input(_("Why it could happen"), _("Write why it could happen"), rows=2)
    began_at = DateTimeLocalField(_("From"))
    ended_at = DateTimeLocalField(_("Until"))
    act = StringField(_("Act in the ledger"), filters=[clean_text], validators=[_at_most(60)])
    actor = StringField(_("Account that acted"), filters=[clean_text], validators=[_at_most(32)])
    office = StringField(_("Office that acted"), filters=[clean_text], validators=[_at_most(60)])
    references = TextAreaField(_("Or the applications concerned, one number a line"), filters=[clean_text], render_kw={"rows": 3})

    def validate_began_at(self, field: Field) -> None:
        """Ask for a span of time that goes forward."""
        field.errors = []
        began, ended = field.data, self.ended_at.data
        if not began or not ended or began > ended or began.year < EARLIEST or ended.year > LATEST:
            raise ValidationError(gettext("Write from when to when it lasted"))

    def validate_ended_at(self, field: Field) -> None:
        """Say what is wrong with the span once, at its beginning."""
        field.errors = []

    def validate_references(self, field: Field) -> None:
        """Take numbers of applications, or a mark of the ledger, but not nothing."""
        unread = [line for line in self.lines if read_reference(ascii_digits(line)) is None]
        if unread:
            raise ValidationError(gettext("Write one number of an application on each line"))
        if not self.lines and not any((self.act.data, self.actor.data, self.office.data)):
            raise ValidationError(gettext("Write an act, an account, an office or numbers of applications"))

    @property
    def told(self) -> dict[str, dict[str, str]]:
        """What everybody concerned is told, by part and language."""
        return {part: {code: str(self[f"{part}_{code}"].data) for code, _name in LANGUAGES} for part in TOLD}

    @property
    def lines(self) -> tuple[str, ...]:
        """The numbers of applications."""
        return tuple(line.strip() for line in (self.references.data or "").splitlines() if line.strip())

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when to when, typed in India's time: the last minute to its end, for pages show no seconds to take it from."""
        began, ended = cast(datetime, self.began_at.data), cast(datetime, self.ended_at.data)
        return began.replace(tzinfo=INDIA), ended.replace(second=59, microsecond=999_999, tzinfo=INDIA)
