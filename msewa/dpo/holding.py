"""What the console holds about a citizen: disclosures under law that she was shown, and breaches that concerned her."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from msewa.crypto.envelope import unseal_json
from msewa.dpo.models import Breach, BreachAffected, LegalDisclosure
from msewa.dpo.papers import close_paper, open_paper, place_of_document
from msewa.dpo.references import BREACH, LEGAL, show_number
from msewa.dpo.rules import State
from msewa.extensions import db
from msewa.holdings import Holding
from msewa.ledger.rules import Subject


def gather(subject: Subject) -> dict[str, Any]:
    """Return the disclosures she was shown and the breaches she was told of; what a law still keeps secret is not among them."""
    shown = (LegalDisclosure.account_id == subject.id, LegalDisclosure.state == State.SHOWN)
    demands = db.session.scalars(select(LegalDisclosure).where(*shown).order_by(LegalDisclosure.drafted_at, LegalDisclosure.id))
    columns = (Breach.reference, BreachAffected.told_at, BreachAffected.read_at)
    chosen = select(*columns).join(BreachAffected, BreachAffected.breach_id == Breach.id)
    told = db.session.execute(chosen.where(BreachAffected.account_id == subject.id, BreachAffected.told_at.is_not(None)))
    return {"disclosures_under_law": [_demand(row, subject=subject) for row in demands], "breaches": [_breach(*row) for row in told]}


def erase(account_id: str) -> None:
    """Cut every demand from her, its document and application included, and take her out of the breaches; the papers name nobody."""
    # A draft stays one: that it ended with her would tell the officers of an account that nobody let them ask for.
    for row in db.session.scalars(select(LegalDisclosure).where(LegalDisclosure.account_id == account_id)):
        paper = open_paper(row.data_key, row.sealed, table="legal_disclosure", row_id=row.id)
        row.data_key, row.sealed = close_paper(paper | {"application_id": ""}, table="legal_disclosure", row_id=row.id)
        row.account_id = row.document = None
    db.session.flush()
    db.session.execute(delete(BreachAffected).where(BreachAffected.account_id == account_id))


def _breach(reference: str, told_at: datetime, read_at: datetime | None) -> dict[str, Any]:
    number = show_number(reference, kind=BREACH)
    return {"number": number, "told_at": told_at.isoformat(), "read_at": read_at.isoformat() if read_at else None}


def _demand(row: LegalDisclosure, *, subject: Subject) -> dict[str, Any]:
    paper = open_paper(row.data_key, row.sealed, table="legal_disclosure", row_id=row.id)
    said = {key: paper[key] for key in ("authority", "provision", "instrument", "fields")}
    facts = {"number": show_number(row.reference, kind=LEGAL), "ground": row.ground, "drafted_at": row.drafted_at.isoformat(), **said}
    handed_over = (
        unseal_json(subject.key, row.document, place=place_of_document(row.id, account_id=subject.id))["values"] if row.document else {}
    )
    return {**facts, "handed_over": handed_over}


# How many demands there are may be secret still, and a breach is hers to know when she is told.
TOLD = {"legal_disclosure": LegalDisclosure.state == State.SHOWN, "breach_affected": BreachAffected.told_at.is_not(None)}
HOLDING = Holding(section="law_and_breaches", tables=("breach_affected", "legal_disclosure"), gather=gather, erase=erase, told=TOLD)
