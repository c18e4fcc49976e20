"""What we hold, by category: made from the data inventory, with her own values, the sensitive ones hidden."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby

from sqlalchemy import select

from msewa.accounts.models import Account
from msewa.accounts.queries import get_contact, get_factor_confirmed_at
from msewa.catalogue.rules import Field
from msewa.catalogue.showing import show
from msewa.catalogue.snapshot import Catalogue
from msewa.config import LANGUAGES
from msewa.extensions import db
from msewa.inventory.reading import Column, inventory
from msewa.ledger.rules import Subject
from msewa.privacy.rules import DOTS, mask, mask_email
from msewa.profile.queries import get_profile
from msewa.profile.rules import ACCOUNT_FIELDS, GUARDED_FIELDS
from msewa.web.errors import NoSuchRowError
from msewa.web.filters import show_date, show_moment

# Where she sees what a category holds.
PLACES = {
    "identity": "/profile",
    "contact": "/account/security",
    "profile": "/profile",
    "application": "/applications",
    "security": "/account/security",
    "messages": "/privacy/messages",
    "access": "/privacy/looks",
    "choices": "/privacy/choices",
    "complaints": "/grievances",
    "nominees": "/privacy/nominate",
}
# What she can change herself, and where; of the rest, such as the day on which she came, it would be no change but a lie.
CHANGED_AT = {
    "account.identity": "/profile?edit=full_name#full_name",
    "account.contact": "/account/security",
    "account.language": "/account/security",
    "account.password": "/account/password",
    "totp_factor.secret": "/account/second-factor",
}
SECRETS = {("account", "password"), ("totp_factor", "secret")}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is held; `leaves` when anybody else gets it; `value` is "" where the column speaks only of what another page shows."""

    id: str
    what: str
    why: str
    until: str
    who: str
    leaves: bool
    value: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of her profile, as it is shown here."""

    key: str
    label: str
    value: str


@cache
def list_categories(*, language: str) -> Sequence[tuple[str, str]]:
    """Return (id, name) of each category under which anything of anybody can be kept, in the order of the inventory."""
    used = {column.category for column in inventory().personal()}
    return [(name, words[language]) for name, words in inventory().categories.items() if name in used]


def list_lines(category: str, *, subject: Subject, language: str) -> list[Line]:
    """Return everything that is held of a category; NoSuchRowError when the inventory has no such category."""
    columns = [column for column in inventory().personal() if column.category == category]
    if not columns:
        raise NoSuchRowError
    values = _values(subject, category=category)
    return [_line(column, values, language=language) for column in columns]


def gather_lines(lines: Iterable[Line]) -> list[list[Line]]:
    """Return lines that follow each other and say the same of why, until when and who as one, so that it is said once.

    A line with a value of its own stands alone.
    """
    return [list(alike) for _said, alike in groupby(lines, lambda line: line.id if line.value else (line.why, line.until, line.who))]


def list_facts(subject: Subject, *, known: Catalogue, language: str) -> list[Fact]:
    """Return what she wrote in her profile, fact by fact; hidden where it is sensitive."""
    facts: list[Fact] = []
    for key, given in get_profile(subject).items():
        field = known.fields.get(key)
        if field is not None and key not in ACCOUNT_FIELDS:
            value = show(field, given.value, language, catalogue=known)
            facts.append(Fact(key, field.label[language], _hidden(field, value) if _is_sensitive(field) else value))
    return facts


def _is_sensitive(field: Field) -> bool:
    return field.sensitive or field.key in GUARDED_FIELDS


def _hidden(field: Field, value: str) -> str:
    # Of one answer among few the last signs would already tell all.
    return DOTS if field.options else mask(value)


def _line(column: Column, values: Mapping[str, str], *, language: str) -> Line:
    name = f"{column.table}.{column.name}"
    value = DOTS if (column.table, column.name) in SECRETS else values.get(name, "")
    known = inventory()
    return Line(
        id=name,
        what=column.what[language],
        why=known.purposes[column.purpose].what[language],
        until=known.retentions[column.retention][language],
        who=", ".join(known.recipients[one][language] for one in column.recipients),
        leaves=column.recipients != ("nobody",),
        value=value,
        change=CHANGED_AT.get(name, "") if value else "",
    )


def _values(subject: Subject, *, category: str) -> dict[str, str]:
    """Return by table and column what reads as it is kept."""
    # The others' values stand on pages of their own, so nothing of hers is opened for them.
    if category not in ("identity", "contact", "profile", "security", "choices"):
        return {}
    contact = get_contact(subject)
    reached = [_mobile(contact.mobile), *([mask_email(contact.email)] if contact.email else [])]
    return {
        "account.identity": contact.full_name,
        "account.contact": ", ".join(reached),
        "account.language": dict(LANGUAGES)[contact.language],
        **_moments(subject.id),
    }


def _mobile(value: str) -> str:
    return mask(value.removeprefix("+91"))


def _moments(account_id: str) -> dict[str, str]:
    columns = (Account.created_at, Account.signed_in_at, Account.notice_version, Account.notice_language)
    row = db.session.execute(select(*columns).where(Account.id == account_id)).one()
    confirmed_at: datetime | None = get_factor_confirmed_at(account_id)
    return {
        "account.created_at": show_date(row.created_at),
        "account.signed_in_at": show_moment(row.signed_in_at) if row.signed_in_at else "",
        "account.notice_version": row.notice_version or "",
        "account.notice_language": dict(LANGUAGES).get(row.notice_language or "", ""),
        "totp_factor.confirmed_at": show_date(confirmed_at) if confirmed_at else "",
    }
