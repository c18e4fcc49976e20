"""What a complaint is about, in words; what is not hers is not there."""

from datetime import datetime

from flask_babel import gettext, lazy_gettext

from msewa.applications.queries import get_case, list_own
from msewa.applications.references import show_reference
from msewa.catalogue.queries import get_definition
from msewa.grievances.rules import About, Topic, read_about
from msewa.ledger.queries import list_entries
from msewa.ledger.rules import Subject
from msewa.web.errors import NoSuchRowError
from msewa.web.filters import show_moment

_ = lazy_gettext
PLAIN = {Topic.GENERAL: _("Something else"), Topic.DATA: _("My data")}
TOPICS = {
    Topic.LOOK: _("A look at my data"),
    Topic.APPLICATION: _("An application"),
    Topic.CHOICE: _("One of my choices"),
    Topic.CORRECTION: _("A correction of what was sent"),
    **PLAIN,
}
LAST_LEDGER_NUMBER = 2**62


def name_of(about: str, *, subject: Subject, language: str) -> str:
    """Return what a complaint of hers is about; NoSuchRowError when it names nothing of hers."""
    read = read_about(about)
    if read is None:
        raise NoSuchRowError
    if read.topic in PLAIN:
        return str(PLAIN[read.topic])
    if read.topic == Topic.LOOK:
        return _look(read, subject=subject)
    if read.topic == Topic.CHOICE:
        return gettext("The choice %(name)s", name=read.key)
    return _application(read.key, subject=subject, language=language)


def list_subjects(subject: Subject, *, language: str) -> list[tuple[str, str]]:
    """Return what she can complain about without having come from a page of it: (about, words)."""
    rows, _has_more = list_own(subject.id)
    named = [_listed(reference, service_id, version, language=language) for reference, service_id, version, *_others in rows]
    return [*((str(topic), str(words)) for topic, words in PLAIN.items()), *named]


def _look(about: About, *, subject: Subject) -> str:
    number = int(about.key) if about.key.isdecimal() else LAST_LEDGER_NUMBER
    entries = list_entries(subject, limit=1, before=number + 1) if number < LAST_LEDGER_NUMBER else []
    if not entries or entries[0]["number"] != number:
        raise NoSuchRowError
    return gettext("The look of %(moment)s", moment=show_moment(datetime.fromisoformat(entries[0]["at"])))


def _application(ref: str, *, subject: Subject, language: str) -> str:
    case = get_case(ref, account_id=subject.id)
    return _listed(case.reference, case.service_id, case.service_version, language=language)[1]


def _listed(reference: str, service_id: str, version: int, *, language: str) -> tuple[str, str]:
    shown, name = show_reference(reference), get_definition(service_id, version).name[language]
    return f"{Topic.APPLICATION}:{shown}", gettext("Application %(reference)s: %(name)s", reference=shown, name=name)
