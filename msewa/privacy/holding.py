"""Whom she named, and that she asked for a download, for her download, the seal and the erasure."""

from typing import Any

from sqlalchemy import delete, select

from msewa.extensions import db
from msewa.holdings import Holding
from msewa.ledger.rules import Subject
from msewa.privacy.models import Download, Nominee
from msewa.privacy.operations.downloading import remove_downloads
from msewa.privacy.queries import list_nominees


def gather(subject: Subject) -> dict[str, Any]:
    """Return whom she named, and when she asked for a download; not the download itself, which is all of this once more."""
    asked = select(Download.asked_at).where(Download.account_id == subject.id).order_by(Download.asked_at)
    return {
        "nominees": [
            {"full_name": one.full_name, "relation": one.relation, "mobile": one.mobile, "named_at": one.named_at.isoformat()}
            for one in list_nominees(subject)
        ],
        "downloads_asked_at": [at.isoformat() for at in db.session.scalars(asked)],
    }


def erase(account_id: str) -> None:
    """Remove both."""
    remove_downloads(account_id)
    db.session.execute(delete(Nominee).where(Nominee.account_id == account_id))


HOLDING = Holding(section="privacy", tables=("download_part", "download", "nominee"), gather=gather, erase=erase)
