"""Values of a citizen's fields, read with her key: out of her profile, or out of one of her applications."""

from collections.abc import Iterable

from sqlalchemy import select

from msewa.accounts.queries import find_account_id
from msewa.applications.models import Application
from msewa.applications.queries import get_case_by_id, read_pages
from msewa.catalogue.queries import catalogue
from msewa.dpo.naming import name_of
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.profile.queries import get_profile


def list_fields(language: str) -> list[tuple[str, str]]:
    """Return every field of the question bank by its name in `language`: the closed list of what can be asked for."""
    return [(key, name_of(field, language=language)) for key, field in catalogue().fields.items()]


def read_values(subject: Subject, fields: Iterable[str], *, application_id: str = "") -> dict[str, str]:
    """Return the kept values of these fields; those of an application come before the profile's, what was never given is left out."""
    profile = {key: one.value for key, one in get_profile(subject).items()}
    sent = _sent(application_id, owner=subject.id) if application_id else {}
    return {key: value for key in fields if (value := sent.get(key) or profile.get(key, ""))}


def _sent(application_id: str, *, owner: str) -> dict[str, str]:
    case = get_case_by_id(application_id)
    # The key that opens it is hers; a demand that names somebody else's application gets nothing of it.
    if case.account_id != owner:
        return {}
    return {key: answer.value for page in read_pages(case).values() for key, answer in page.items()}


def find_subject(application: str | None, *, mobile: str) -> tuple[str | None, str]:
    """Return whose an application's reference or a mobile number is (None: nobody's), and the application's id, if one was named."""
    if application is None:
        return find_account_id(mobile=mobile), ""
    row = db.session.execute(select(Application.account_id, Application.id).where(Application.reference == application)).first()
    return (None, "") if row is None else (row.account_id, row.id)
