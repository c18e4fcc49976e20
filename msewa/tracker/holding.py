"""To which portals she gave a code, for her download, the seal and the erasure."""

from typing import Any

from sqlalchemy import delete

from msewa.extensions import db
from msewa.holdings import Holding
from msewa.ledger.rules import Subject
from msewa.tracker.models import TrackerCode
from msewa.tracker.queries import list_given


def gather(subject: Subject) -> list[dict[str, Any]]:
    """Return every portal that has a code of hers, and since when."""
    return [
        {"portal": given.client.name, "client": given.client.address, "code": given.code, "given_at": given.given_at.isoformat()}
        for given in list_given(subject)
        if given.given_at is not None
    ]


def erase(account_id: str) -> None:
    """End every code of hers."""
    db.session.execute(delete(TrackerCode).where(TrackerCode.account_id == account_id))


HOLDING = Holding(section="tracker", tables=("tracker_code",), gather=gather, erase=erase)
