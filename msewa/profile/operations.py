"""Keeping what a citizen writes in her profile."""

from collections.abc import Mapping
from datetime import datetime

from msewa.accounts.operations.naming import rename
from msewa.accounts.queries import get_contact
from msewa.accounts.standing import one_at_a_time
from msewa.catalogue.queries import catalogue
from msewa.crypto.envelope import seal_json
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.profile.models import ProfileSection
from msewa.profile.queries import place_of, read_section
from msewa.profile.rules import ACCOUNT_FIELDS


def keep(subject: Subject, values: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """Keep `values` (kept forms by field; "" takes a value away, but never the name).

    What no profile holds is left out, as are mobile and e-mail: the account proves those. A new district takes along a tehsil or town
    kept earlier that lies in another one.
    """
    # One writer at a time for each profile: a section is read, changed and sealed as a whole.
    one_at_a_time(subject.id)
    changed = _keep_name(subject, values.get("full_name", ""), now=now)
    for section, own in _by_section({**values, **_strays(subject, values)}).items():
        changed += _keep_section(subject, own, section=section, now=now)
    if changed:
        record("profile.changed", subject=subject, actor=actor, now=now, fields=changed)


def _by_section(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    sections: dict[str, dict[str, str]] = {}
    for key, value in values.items():
        field = catalogue().fields.get(key)
        if field and field.profile_section and key not in ACCOUNT_FIELDS:
            sections.setdefault(field.profile_section, {})[key] = value
    return sections


def _strays(subject: Subject, values: Mapping[str, str]) -> dict[str, str]:
    district = values.get("district")
    if not district:
        return {}
    kept = read_section(subject, section="address")
    known = {"tehsil": catalogue().tehsils, "ulb": catalogue().ulbs}
    stay = [key for key in known if key in kept and values.get(key, kept[key]["value"]) == kept[key]["value"]]
    places = {key: known[key].get(kept[key]["value"]) for key in stay}
    return {key: "" for key, place in places.items() if place is None or place["district"] != district}


def _keep_name(subject: Subject, full_name: str, *, now: datetime) -> list[str]:
    if not full_name or full_name == get_contact(subject).full_name:
        return []
    rename(subject, full_name, now=now)
    return ["full_name"]


def _keep_section(subject: Subject, values: Mapping[str, str], *, section: str, now: datetime) -> list[str]:
    kept = read_section(subject, section=section)
    changed = [key for key, value in values.items() if kept.get(key, {}).get("value", "") != value]
    for key in changed:
        if values[key]:
            kept[key] = {"value": values[key], "at": now.isoformat()}
        else:
            del kept[key]
    if changed:
        sealed = seal_json(subject.key, kept, place=place_of(subject.id, section=section))
        db.session.merge(ProfileSection(account_id=subject.id, section=section, sealed=sealed, updated_at=now))
        db.session.flush()
    return changed
