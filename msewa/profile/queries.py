"""Reading a profile: the account's own fields and the sections."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from msewa.accounts.queries import get_contact
from msewa.crypto.envelope import Place, unseal_json
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.profile.models import ProfileSection
from msewa.profile.rules import ProfileValue


def place_of(subject_id: str, *, section: str) -> Place:
    """Return where a section's envelope belongs."""
    return Place(table="profile_section", group=section, row=subject_id, subject=subject_id)


def read_section(subject: Subject, *, section: str) -> dict[str, Any]:
    """Return one section as kept, {} when nothing was written there."""
    sealed = db.session.scalar(
        select(ProfileSection.sealed).where(ProfileSection.account_id == subject.id, ProfileSection.section == section)
    )
    return {} if sealed is None else unseal_json(subject.key, sealed, place=place_of(subject.id, section=section))


def get_profile(subject: Subject) -> dict[str, ProfileValue]:
    """Return everything `subject` has given, by field."""
    contact = get_contact(subject)
    own = {"full_name": contact.full_name, "mobile": contact.mobile, "email": contact.email}
    values = {key: ProfileValue(value, contact.given[key]) for key, value in own.items() if value}
    rows = db.session.execute(
        select(ProfileSection.section, ProfileSection.sealed)
        .where(ProfileSection.account_id == subject.id)
        .order_by(ProfileSection.section)
    )
    for row in rows:
        kept = unseal_json(subject.key, row.sealed, place=place_of(subject.id, section=row.section))
        values |= {key: ProfileValue(one["value"], datetime.fromisoformat(one["at"])) for key, one in kept.items()}
    return values
