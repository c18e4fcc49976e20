"""Asking an office to correct what it was sent: the complaint is kept here, and its words go to that office, closed to its key (P51)."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import gettext

from msewa.applications.disclosing import disclosure_of
from msewa.applications.packages import build_package
from msewa.applications.queries import Case, get_case, read_pages
from msewa.applications.references import show_reference
from msewa.catalogue.answers import parse
from msewa.catalogue.queries import catalogue, get_definition
from msewa.catalogue.rules import Definition, Field
from msewa.catalogue.showing import PLACES, show
from msewa.config import LANGUAGES
from msewa.consents.receipts import give_for_disclosure
from msewa.crypto.canonical import canonical
from msewa.delivery import operations as delivery
from msewa.grievances import operations
from msewa.grievances.operations import Draft
from msewa.grievances.queries import Words
from msewa.grievances.rules import About, Topic
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject


@dataclass(frozen=True, slots=True)
class Correction:
    """Which field of an application is wrong, what it should say (kept form), and why."""

    key: str
    new: str = field(repr=False)
    text: str = field(repr=False)


def sent_values(case: Case) -> dict[str, str]:
    """Return what was sent, field by field, in kept forms."""
    package = build_package(case, definition_of(case), pages=read_pages(case), papers=())
    return {key: answer.value for key, answer in package.answers.items()}


def definition_of(case: Case) -> Definition:
    """Return the service as it was when the application was begun."""
    return get_definition(case.service_id, case.service_version)


def fields_of(case: Case) -> dict[str, Field]:
    """Return the fields that could be sent, as the service asks them: what was left open can be completed (Act s. 12)."""
    return {need.key: need.as_asked(catalogue().fields[need.key]) for need in definition_of(case).fields}


def read_new(asked: Field, typed: str, *, today: date) -> str:
    """Return what was typed in its kept form, an answer of a list by its name too; raises AnswerError."""
    known = catalogue()
    ids = PLACES[asked.kind](known) if asked.kind in PLACES else [option.id for option in asked.options]
    # Whoever corrects writes the name that the page showed, in whichever language that was.
    named = {show(asked, one, language, catalogue=known).casefold(): one for one in ids for language in dict(LANGUAGES)}
    return parse(asked, named.get(typed.casefold(), typed), today=today, places=known)


def correct(case: Case, correction: Correction, *, subject: Subject, actor: Actor, now: datetime) -> str:
    """File the correction and send it to the office that has the application; return the complaint's id.

    Raises TooManyOpenError, and delivery's ProviderNotRegisteredError; then nothing is kept or sent.
    """
    ref, old = show_reference(case.reference), sent_values(case).get(correction.key, "")
    details = {"field": correction.key, "old": old, "new": correction.new}
    about = About(Topic.CORRECTION, ref)
    complaint_id = operations.file(Draft(about, correction.text, details), subject=subject, actor=actor, now=now)
    payload = canonical({"kind": "correction", "reference": ref, "application": case.id, **details, "reason": correction.text})
    # Under the id of the complaint, so that one that is filed is sent once, and both end together.
    delivery.follow_up(complaint_id, application_id=case.id, provider_id=case.provider_id, payload=payload, now=now)
    digest = hashlib.sha256(payload).hexdigest()
    disclosure = disclosure_of(case, definition_of(case), fields=(correction.key,), papers=(), digest=digest)
    give_for_disclosure(subject, disclosure, language=case.language, now=now)
    record("application.correction_sent", subject=subject, actor=actor, now=now, about=ref, fields=(correction.key,))
    return complaint_id


def as_read(asked: Field, value: str, *, language: str) -> str:
    """Return a kept value for a person to read."""
    return show(asked, value, language, catalogue=catalogue()) if value else gettext("Not given")


def read_details(words: Words, *, subject: Subject, language: str) -> tuple[str, str, str]:
    """Return of a correction: which field, what the office has there, and what it should say."""
    case = get_case(words.about.partition(":")[2], account_id=subject.id)
    asked = fields_of(case)[words.details["field"]]
    old, new = (as_read(asked, words.details[key], language=language) for key in ("old", "new"))
    return asked.label[language], old, new
