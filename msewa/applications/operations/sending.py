"""Sending what was reviewed, to the one office it is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, insert, select, update

from msewa.applications import places, queries
from msewa.applications.deadlines import Due
from msewa.applications.disclosing import disclosure_of
from msewa.applications.models import Application, ApplicationReview
from msewa.applications.operations import holding_back
from msewa.applications.operations.drafting import AlreadySentError
from msewa.applications.operations.following import note_event, tell
from msewa.applications.packages import Package, build_package
from msewa.applications.queries import Case
from msewa.applications.references import show_reference
from msewa.applications.rules import REVIEWS_KEPT, Event, State
from msewa.catalogue.rules import Definition
from msewa.consents.receipts import give_for_disclosure
from msewa.crypto.envelope import seal_json
from msewa.delivery import operations as delivery
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.ledger.rules import Actor, Subject
from msewa.web.filters import show_date

# What tells her the number: by whether a day is promised.
TOLD = {True: "application_sent", False: "application_sent_undated"}


class NotReviewedError(Exception):
    """What would be sent is not what a review page has shown (P32); `seen` holds the values that were shown, if any were."""

    def __init__(self, seen: dict[str, str] | None) -> None:
        super().__init__("not reviewed")
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody confirmed: the digest under her eyes, who acts, and by when an answer is due."""

    digest: str
    actor: Actor
    due: Due


def note_review(case: Case, package: Package, *, now: datetime) -> None:
    """Keep what a review page shows, so that exactly this can be confirmed."""
    # Several are kept, one for each digest: she may have looked in two tabs, and only the one she confirms counts.
    of_case = ApplicationReview.application_id == case.id
    db.session.execute(delete(ApplicationReview).where(of_case, ApplicationReview.digest == package.digest))
    older = select(ApplicationReview.digest).where(of_case).order_by(ApplicationReview.shown_at.desc()).offset(REVIEWS_KEPT - 1)
    db.session.execute(delete(ApplicationReview).where(of_case, ApplicationReview.digest.in_(list(db.session.scalars(older)))))
    sealed = seal_json(case.key, package.values(), place=places.of_review(case.id, digest=package.digest))
    db.session.execute(insert(ApplicationReview).values(application_id=case.id, digest=package.digest, sealed=sealed, shown_at=now))


def submit(case: Case, definition: Definition, *, subject: Subject, confirmed: Confirmation, now: datetime) -> None:
    """Send a reviewed draft to the provider of its service.

    Raises AlreadySentError, NotReviewedError, and delivery's ProviderNotRegisteredError; then nothing is kept or sent.
    """
    _claim(case, confirmed=confirmed, now=now)
    # Read after the claim: it holds the row, so nothing changes between this look and the commit.
    package = build_package(case, definition, pages=queries.read_pages(case), papers=queries.list_papers(case))
    seen = queries.find_reviewed(case, digest=confirmed.digest)
    if seen is None or package.digest != confirmed.digest:
        raise NotReviewedError(seen)
    holding_back.let_go(case.id)
    delivery.dispatch(case.id, provider_id=definition.provider, payload=package.payload, papers=_contents(case, package), now=now)
    note_event(case.id, Event.SUBMITTED, now=now)
    reference = show_reference(case.reference)
    papers = [paper.key for paper in package.papers]
    record("application.submitted", subject=subject, actor=confirmed.actor, now=now, about=reference, fields=(*package.answers, *papers))
    disclosure = disclosure_of(case, definition, fields=package.answers, papers=papers, digest=package.digest)
    give_for_disclosure(subject, disclosure, language=case.language, now=now)
    due_on = {"due_on": show_date(confirmed.due.on)} if confirmed.due.on else {}
    tell(TOLD[bool(due_on)], subject, values={"reference": reference, **due_on}, now=now)


def _claim(case: Case, *, confirmed: Confirmation, now: datetime) -> None:
    """Move the draft on, at most once: of two that send at the same moment the second finds no draft."""
    values = {
        "state": State.SUBMITTED,
        "submitted_at": now,
        "updated_at": now,
        "due_on": confirmed.due.on,
        "digest": confirmed.digest,
    }
    drafts = update(Application).where(Application.id == case.id, Application.state == State.DRAFT)
    if cast("CursorResult[Any]", db.session.execute(drafts.values(**values))).rowcount != 1:
        raise AlreadySentError


def _contents(case: Case, package: Package) -> Sequence[tuple[str, str, bytes]]:
    opened = [queries.get_content(case, paper.id) for paper in package.papers]
    return [(held.name, held.media_type, content) for held, content in opened]
