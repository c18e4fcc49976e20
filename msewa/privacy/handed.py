"""What a law had us hand over, for the pages of where it went: of each there is a receipt from the moment when she may be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, select

from msewa.catalogue.snapshot import Catalogue
from msewa.consents.models import IS_LAW, Receipt
from msewa.consents.receipts import place_of
from msewa.crypto.envelope import unseal_json
from msewa.hot import HotRead
from msewa.ledger.rules import Subject
from msewa.privacy.naming import name_field

_TABLE = Receipt.__table__.c
NEWEST_HANDED = (
    select(_TABLE.id, _TABLE.sealed)
    .where(_TABLE.account_id == bindparam("account_id"), IS_LAW)
    .order_by(_TABLE.at.desc())
    .limit(bindparam("limit", type_=Integer))
)
HANDED = HotRead(NEWEST_HANDED)


@dataclass(frozen=True, slots=True)
class Handed:
    """One disclosure under law: its receipt's id and the demand's number; who asked by what; names of what went, its seal (SHA-256, hex).

    `provision` is empty where a life was in danger.
    """

    receipt_id: str
    number: str
    at: datetime
    authority: str
    provision: str
    instrument: str
    fields: Sequence[str]
    digest: str
    is_life: bool


def list_handed(subject: Subject, *, limit: int, known: Catalogue, language: str) -> list[Handed]:
    """Return up to `limit` disclosures under law that she may be told of, the newest first."""
    rows = HANDED.rows(account_id=subject.id, limit=limit)
    opened = [(row_id, unseal_json(subject.key, sealed, place=place_of(row_id, account_id=subject.id))) for row_id, sealed in rows]
    return [_handed(row_id, record, known=known, language=language) for row_id, record in opened]


def _handed(receipt_id: str, record: Mapping[str, Any], *, known: Catalogue, language: str) -> Handed:
    process, demand = record["hasProcess"], record["hasProcess"]["in-dpdp:demand"]
    return Handed(
        receipt_id=receipt_id,
        number=demand["hasIdentifier"],
        # Under a gag its receipt came later than the deed.
        at=datetime.fromisoformat(process["dct:date"]),
        authority=process["hasRecipient"]["hasName"],
        provision=demand["in-dpdp:provision"],
        instrument=demand["in-dpdp:instrument"],
        fields=[name_field(key, known=known, language=language) for key in process["in-dpdp:fields"]],
        digest=process["in-dpdp:sha256OfWhatWasSent"],
        is_life=record["hasLegalBasis"] == "dpv:VitalInterest",
    )
