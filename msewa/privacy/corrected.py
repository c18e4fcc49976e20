"""Corrections that went to an office after an application: each a disclosure of its own, with its own seal (P51)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from msewa.crypto.envelope import unseal_json
from msewa.delivery.models import Package
from msewa.extensions import db
from msewa.grievances.models import Grievance
from msewa.grievances.queries import place_of
from msewa.grievances.references import show_reference
from msewa.grievances.rules import Topic
from msewa.ledger.rules import Subject


class Corrected(NamedTuple):
    """A correction that went: the complaint that it is kept as, which field, the SHA-256 (hex) of what was sent, and when it arrived."""

    ref: str
    field: str
    digest: str
    sent_at: datetime
    accepted_at: datetime | None


def list_corrections(subject: Subject, application_ids: Iterable[str]) -> dict[str, list[Corrected]]:
    """Return by application id what of these applications she had corrected, the newest first."""
    facts = (Package.digest, Package.created_at, Package.accepted_at)
    chosen = select(Package.concerns, Grievance.id, Grievance.reference, Grievance.sealed, *facts)
    # The word of a correction goes under the id of the complaint that it is kept as.
    hers = chosen.join(Grievance, Grievance.id == Package.application_id).where(
        Package.concerns.in_(list(application_ids)), Grievance.account_id == subject.id, Grievance.topic == Topic.CORRECTION
    )
    found: dict[str, list[Corrected]] = defaultdict(list)
    for row in db.session.execute(hers.order_by(Package.created_at.desc(), Grievance.id)):
        words = unseal_json(subject.key, row.sealed, place=place_of(row.id, subject_id=subject.id))
        fact = Corrected(show_reference(row.reference), words["details"]["field"], row.digest, row.created_at, row.accepted_at)
        found[row.concerns].append(fact)
    return dict(found)
