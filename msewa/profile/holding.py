"""A profile, for her download, the seal and the erasure."""

from typing import Any

from sqlalchemy import delete

from msewa.extensions import db
from msewa.holdings import Holding
from msewa.ledger.rules import Subject
from msewa.profile.models import ProfileSection
from msewa.profile.queries import get_profile


def gather(subject: Subject) -> dict[str, Any]:
    """Return every fact she gave, by field, with when she gave it."""
    return {key: {"value": kept.value, "given_at": kept.given_at.isoformat()} for key, kept in get_profile(subject).items()}


def erase(account_id: str) -> None:
    """Remove her profile."""
    db.session.execute(delete(ProfileSection).where(ProfileSection.account_id == account_id))


HOLDING = Holding(section="profile", tables=("profile_section",), gather=gather, erase=erase)
