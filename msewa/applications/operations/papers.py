"""Adding a paper to a draft, and taking it away."""

import secrets
from datetime import datetime

from sqlalchemy import delete, func, select

from msewa.applications import places
from msewa.applications.models import ApplicationPaper
from msewa.applications.operations.drafting import touch
from msewa.applications.queries import Case
from msewa.crypto.envelope import seal, seal_json
from msewa.extensions import db
from msewa.uploads.operations import Paper
from msewa.uploads.rules import check_count


def add_paper(case: Case, *, key: str, paper: Paper, now: datetime) -> None:
    """Put a clean paper into a draft in place of an earlier one of its kind; raises TooManyFilesError, AlreadySentError."""
    touch(case, now=now)
    # The earlier one first: exchanging the tenth paper must not find the application full.
    db.session.execute(delete(ApplicationPaper).where(ApplicationPaper.application_id == case.id, ApplicationPaper.key == key))
    check_count(db.session.scalar(select(func.count()).where(ApplicationPaper.application_id == case.id)) or 0)
    paper_id = secrets.token_hex(16)
    meta = {"name": paper.display_name, "media_type": paper.media_type, "size": len(paper.data), "sha256": paper.sha256}
    db.session.add(
        ApplicationPaper(
            id=paper_id,
            application_id=case.id,
            key=key,
            meta=seal_json(case.key, meta, place=places.of_paper(case.id, paper_id=paper_id, group="meta")),
            content=seal(case.key, paper.data, place=places.of_paper(case.id, paper_id=paper_id, group="content")),
            added_at=now,
        )
    )
    db.session.flush()


def remove_paper(case: Case, paper_id: str, *, now: datetime) -> None:
    """Take a paper out of a draft; one that is not there is as good as gone. Raises AlreadySentError."""
    touch(case, now=now)
    db.session.execute(delete(ApplicationPaper).where(ApplicationPaper.id == paper_id, ApplicationPaper.application_id == case.id))
