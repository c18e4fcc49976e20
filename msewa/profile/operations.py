"""Keeping what a citizen writes in her profile."""

from collections.abc import Mapping
from datetime import datetime

from msewa.catalogue.queries import catalogue
from msewa.crypto.envelope import seal_json
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.profile.models import ProfileSection
from msewa.profile.queries import place_of, read_section
from msewa.profile.rules import ACCOUNT_FIELDS


def keep(subject: Subject, values: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """Keep `values` (kept forms by field; "" takes a value away). Fields that no profile holds are left out."""
    by_section: dict[str, dict[str, str]] = {}
    for key, value in values.items():
        field = catalogue().fields.get(key)
        if field and field.profile_section and key not in ACCOUNT_FIELDS:
            by_section.setdefault(field.profile_section, {})[key] = value
    changed = [key for section, own in by_section.items() for key in _keep_section(subject, own, section=section, now=now)]
    if changed:
        record("profile.changed", subject=subject, actor=actor, now=now, fields=changed)


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
