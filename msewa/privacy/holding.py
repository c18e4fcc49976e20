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
    """Return whom she named, and the download she asked for; not what is in it, which is all of this once more."""
    return {
        "nominees": [
            {"full_name": one.full_name, "relation": one.relation, "mobile": one.mobile, "named_at": one.named_at.isoformat()}
            for one in list_nominees(subject)
        ],
        "downloads": [_download(one) for one in db.session.scalars(select(Download).where(Download.account_id == subject.id))],
    }


def _download(one: Download) -> dict[str, Any]:
    moments = {"asked_at": one.asked_at, "ready_at": one.ready_at, "fetched_at": one.fetched_at, "ends_at": one.ends_at}
    return {"language": one.language, **{name: at.isoformat() if at else None for name, at in moments.items()}}


def erase(account_id: str) -> None:
    """Remove both."""
    remove_downloads(account_id)
    db.session.execute(delete(Nominee).where(Nominee.account_id == account_id))


HOLDING = Holding(section="privacy", tables=("download_part", "download", "nominee"), gather=gather, erase=erase)
