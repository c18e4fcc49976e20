"""Why the operator ends an account, for its owner's download, the seal and the erasure."""

from typing import Any

from sqlalchemy import delete, select

from msewa.closure.models import Termination
from msewa.crypto.envelope import Place, unseal_json
from msewa.extensions import db
from msewa.holdings import Holding
from msewa.ledger.rules import Subject
from msewa.outbox import operations as outbox

TOPIC = "closure.terminate"


def place_of(account_id: str) -> Place:
    """Return where the sealed reason belongs."""
    return Place(table="termination", group="reason", row=account_id, subject=account_id)


def gather(subject: Subject) -> dict[str, Any]:
    """Return what was decided and why; {} for everybody else."""
    columns = (Termination.sealed, Termination.decided_at, Termination.closes_at, Termination.export_used_at)
    row = db.session.execute(select(*columns).where(Termination.account_id == subject.id)).first()
    if row is None:
        return {}
    why: str = unseal_json(subject.key, row.sealed, place=place_of(subject.id))
    taken_at = row.export_used_at.isoformat() if row.export_used_at else None
    return {"why": why, "decided_at": row.decided_at.isoformat(), "closes_at": row.closes_at.isoformat(), "data_taken_at": taken_at}


def erase(account_id: str) -> None:
    """Remove it, and the errand that was to end the account: it is named by the account's id."""
    outbox.drop_all(TOPIC, [account_id])
    db.session.execute(delete(Termination).where(Termination.account_id == account_id))


HOLDING = Holding(section="termination", tables=("termination",), gather=gather, erase=erase)
