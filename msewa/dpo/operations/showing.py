"""Telling the citizen of a demand under law: at once, or when the gag ends; what was looked at, what was handed over, and its receipt."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from msewa.accounts.models import Account
from msewa.accounts.operations.telling import tell
from msewa.accounts.queries import get_subject
from msewa.catalogue.queries import catalogue
from msewa.consents.receipts import give_for_handing_over
from msewa.consents.records import HandedOver
from msewa.crypto.canonical import digest
from msewa.crypto.envelope import unseal_json
from msewa.dpo.models import LegalDisclosure
from msewa.dpo.papers import place_of_document
from msewa.dpo.queries import Demand, find_demand, list_steps
from msewa.dpo.rules import Ground, State
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Kind, Subject
from msewa.web.filters import show_date

DUE = "dpo.legal_due"
DISCLOSED = {Ground.LAW: "disclosure.law", Ground.LIFE: "disclosure.life"}
BASES = {Ground.LAW: "dpv:LegalObligation", Ground.LIFE: "dpv:VitalInterest"}


def show(demand: Demand, subject: Subject, *, at: datetime, now: datetime) -> None:
    """Give her the receipt of what was handed over `at` that moment, and tell her of it."""
    document, known = read_document(demand, subject), catalogue().fields
    language = db.session.scalars(select(Account.language).where(Account.id == subject.id)).one()
    handed = HandedOver(
        number=demand.number,
        basis=BASES[Ground(demand.ground)],
        authority=demand.paper["authority"],
        provision=demand.paper["provision"],
        instrument=demand.paper["instrument"],
        # What was asked for and never given to us could not be handed over.
        fields={key: known[key].label[language] if key in known else key for key in document["values"]},
        digest=digest(document),
        at=at,
    )
    give_for_handing_over(subject, handed, language=language, now=now)
    tell(subject, "disclosure_shown", now=now, values={"reference": demand.number})


def show_due(reference: str, *, now: datetime) -> None:
    """Put a disclosure on the citizen's ledger, and each later opening, now that the gag has ended (outbox topic dpo.legal_due)."""
    demand = find_demand(reference)
    if demand is None or demand.account_id is None or demand.state != State.GAGGED:
        return
    subject = get_subject(demand.account_id)
    steps = [step for step in list_steps(demand.id) if step.kind in ("executed", "opened")]
    for step in steps:
        said = {"about": demand.number, "fields": demand.paper["fields"], "reason": _reason_on(demand, step.at)}
        record(DISCLOSED[Ground(demand.ground)], subject=subject, actor=Actor(Kind.DPO, step.officer_id), now=now, **said)
    db.session.execute(update(LegalDisclosure).where(LegalDisclosure.id == demand.id).values(state=State.SHOWN))
    # Of the day on which it was handed over: her receipt speaks of that, however late it comes.
    show(demand, subject, at=steps[0].at, now=now)


def read_document(demand: Demand, subject: Subject) -> dict[str, Any]:
    """Return the document of a demand that was carried out."""
    sealed = db.session.scalars(select(LegalDisclosure.document).where(LegalDisclosure.id == demand.id)).one()
    return unseal_json(subject.key, sealed or b"", place=place_of_document(demand.id, account_id=subject.id))


def reason_of(paper: Mapping[str, Any], *, ground: str) -> str:
    """Return what the citizen reads: the provision, who asked and by what instrument."""
    said = [paper["provision"], paper["authority"], paper["instrument"]]
    return "; ".join(part for part in said if part) or ground


def _reason_on(demand: Demand, at: datetime) -> str:
    return f"{reason_of(demand.paper, ground=demand.ground)} ({show_date(at)})"
