"""A citizen's complaints, for her download, the seal and the erasure."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select

from msewa.applications.holding import package_of
from msewa.delivery import operations as delivery
from msewa.delivery.queries import list_packages
from msewa.extensions import db
from msewa.grievances.models import Grievance, GrievanceEvent
from msewa.grievances.operations import DUE
from msewa.grievances.queries import Complaint, list_own, list_steps, read_words
from msewa.grievances.references import show_reference
from msewa.holdings import Holding
from msewa.ledger.rules import Subject
from msewa.outbox import operations as outbox
from msewa.web import form_keys


def gather(subject: Subject) -> list[dict[str, Any]]:
    """Return every complaint of hers with its words, its steps, and of a correction the package that went to the office."""
    complaints = list_own(subject.id)
    packages = {row.application_id: row for row in list_packages(complaint.id for complaint in complaints)}
    return [{**_whole(one, subject=subject), "package": package_of(packages.get(one.id))} for one in complaints]


def erase(account_id: str) -> None:
    """Remove her complaints."""
    rows = db.session.execute(select(Grievance.id, Grievance.reference).where(Grievance.account_id == account_id)).all()
    hers = [row.id for row in rows]
    outbox.drop_all(DUE, hers)
    delivery.forget(hers)
    shown = [show_reference(row.reference) for row in rows]
    # The keys of forms that were sent remember where those led, and an address there holds the number.
    form_keys.forget_about([f"{place}/{ref}" for ref in shown for place in ("/grievances", "/dpo/grievances")])
    db.session.execute(delete(GrievanceEvent).where(GrievanceEvent.grievance_id.in_(hers)))
    db.session.execute(delete(Grievance).where(Grievance.account_id == account_id))


def _whole(complaint: Complaint, *, subject: Subject) -> dict[str, Any]:
    steps = [{"kind": step.kind, "at": step.at.isoformat(), "words": step.words} for step in list_steps(complaint, subject=subject)]
    dates = {"filed_at": complaint.filed_at.isoformat(), "due_at": complaint.due_at.isoformat()}
    words = asdict(read_words(complaint, subject=subject))
    return {"number": complaint.ref, "topic": complaint.topic, "state": complaint.state, **dates, **words, "steps": steps}


HOLDING = Holding(section="grievances", tables=("grievance_event", "grievance"), gather=gather, erase=erase)
