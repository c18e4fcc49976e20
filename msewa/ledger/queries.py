"""Reading the ledger of one subject, newest first."""

from typing import Any

from sqlalchemy import select

from msewa.crypto.envelope import unseal_json
from msewa.extensions import db
from msewa.ledger.models import LedgerEntry
from msewa.ledger.operations import place_of
from msewa.ledger.rules import Subject


def list_entries(subject: Subject, *, limit: int = 50, before: int | None = None) -> list[dict[str, Any]]:
    """Return up to `limit` entries of `subject` older than number `before`, newest first, opened."""
    chosen = select(LedgerEntry.number, LedgerEntry.sealed).where(LedgerEntry.subject_id == subject.id)
    if before is not None:
        chosen = chosen.where(LedgerEntry.number < before)
    rows = db.session.execute(chosen.order_by(LedgerEntry.number.desc()).limit(limit))
    return [{"number": row.number, **unseal_json(subject.key, row.sealed, place=place_of(subject.id))} for row in rows]
