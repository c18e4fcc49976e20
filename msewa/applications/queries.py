"""Questions about applications, each asked for one owner: somebody else's is found as little as one that never was."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, tuple_

from msewa.applications import places
from msewa.applications.answers import Answer, from_json, version_of
from msewa.applications.models import (
    Application,
    ApplicationEvent,
    ApplicationPage,
    ApplicationPaper,
    ApplicationReview,
    ApplicationUnsaved,
)
from msewa.applications.references import read_reference
from msewa.applications.rules import PAGE_SIZE, UNSAVED_KEPT, State
from msewa.applications.unsaved import Unsaved, unsaved_from_json
from msewa.crypto.envelope import unseal, unseal_json
from msewa.delivery.queries import list_reached
from msewa.extensions import db
from msewa.hot import HotRead
from msewa.web.errors import NoSuchRowError
from msewa.web.keys import key_wrapper


@dataclass(frozen=True, slots=True)
class Case:
    """An application with its data key opened; plain values, so that it outlives its transaction."""

    id: str
    reference: str
    account_id: str
    service_id: str
    service_version: int
    provider_id: str
    state: str
    language: str
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    due_on: date | None
    digest: str | None
    key: bytes = field(repr=False)

    @property
    def is_draft(self) -> bool:
        """Whether it was not sent yet."""
        return self.state == State.DRAFT


# One application in its owner's list: reference, service and its version, state, when it was sent (of a draft: last written), due date.
Row = tuple[str, str, int, str, datetime, date | None]


@dataclass(frozen=True, slots=True)
class Held:
    """A paper that an application holds; `size` in bytes, `sha256` in hex."""

    id: str
    key: str
    name: str
    media_type: str
    size: int
    sha256: str = field(repr=False)


COLUMNS = (
    Application.id,
    Application.reference,
    Application.account_id,
    Application.service_id,
    Application.service_version,
    Application.provider_id,
    Application.state,
    Application.language,
    Application.created_at,
    Application.updated_at,
    Application.submitted_at,
    Application.due_on,
    Application.digest,
    Application.data_key,
)
# Made once, on the table and not the entity: building and loading cost more than asking.
_TABLE = Application.__table__.c
OWN_NEWEST_FIRST = (
    select(
        _TABLE.reference,
        _TABLE.service_id,
        _TABLE.service_version,
        _TABLE.state,
        func.coalesce(_TABLE.submitted_at, _TABLE.updated_at).label("at"),
        _TABLE.due_on,
    )
    .where(_TABLE.account_id == bindparam("account_id"))
    .order_by(_TABLE.created_at.desc(), _TABLE.id.desc())
    .limit(PAGE_SIZE + 1)
)
FIRST_PAGE = HotRead(OWN_NEWEST_FIRST)


def is_with_office(case: Case) -> bool:
    """Whether its office has an application, may have it, or is about to get it; of one taken back in time it never learns (P28)."""
    if case.submitted_at is None:
        return False
    # Its row is held: nobody takes it back while something about it is being sent.
    state = db.session.scalar(select(Application.state).where(Application.id == case.id).with_for_update(read=True))
    return state != State.WITHDRAWN or case.id in list_reached([case.id])


def get_case(typed_reference: str, *, account_id: str) -> Case:
    """Return an application of this person by its reference, however typed; NoSuchRowError when she has none of it."""
    # The owner is part of the question, so that no caller can forget to ask for her.
    reference = read_reference(typed_reference)
    return _open(Application.reference == reference, Application.account_id == account_id)


def get_case_by_id(application_id: str) -> Case:
    """Return an application whoever's it is, for work after the commit; NoSuchRowError when there is none."""
    return _open(Application.id == application_id)


def _open(*conditions: ColumnElement[bool]) -> Case:
    row = db.session.execute(select(*COLUMNS).where(*conditions)).first()
    if row is None:
        raise NoSuchRowError
    facts: tuple[Any, ...] = tuple(row)
    return Case(*facts[:-1], key=key_wrapper().unwrap(facts[-1], subject=facts[0]))


def list_own(account_id: str, *, before: str | None = None) -> tuple[Sequence[Row], bool]:
    """Return a page of a person's applications, newest first, after the reference `before`, and whether there are more."""
    chosen = OWN_NEWEST_FIRST
    if before:
        last = select(Application.created_at, Application.id).where(
            Application.reference == read_reference(before), Application.account_id == account_id
        )
        found = db.session.execute(last).first()
        if found is None:
            raise NoSuchRowError
        chosen = chosen.where(tuple_(_TABLE.created_at, _TABLE.id) < tuple_(*found))
    if chosen is OWN_NEWEST_FIRST:
        rows = FIRST_PAGE.rows(account_id=account_id)
    else:
        rows = [tuple(row) for row in db.session.execute(chosen, {"account_id": account_id})]
    return rows[:PAGE_SIZE], len(rows) > PAGE_SIZE


def find_untouched(account_id: str, *, service_id: str, version: int) -> str | None:
    """Return the reference of a draft of this service that nothing was written into; None when there is none."""
    of_service = (Application.service_id == service_id, Application.service_version == version)
    untouched = (Application.state == State.DRAFT, Application.updated_at == Application.created_at)
    return db.session.scalar(select(Application.reference).where(Application.account_id == account_id, *of_service, *untouched).limit(1))


def count_drafts(account_id: str) -> int:
    """Count a person's applications that were not sent."""
    return db.session.scalar(select(func.count()).where(Application.account_id == account_id, Application.state == State.DRAFT)) or 0


def read_pages(case: Case) -> dict[int, dict[str, Answer]]:
    """Return the saved pages of an application, opened, by the number of their step."""
    chosen = select(ApplicationPage.step, ApplicationPage.sealed).where(ApplicationPage.application_id == case.id)
    rows = db.session.execute(chosen.order_by(ApplicationPage.step))
    return {row.step: from_json(unseal_json(case.key, row.sealed, place=places.of_page(case.id, step=row.step))) for row in rows}


def find_last(case: Case, *, step: int) -> tuple[str, str | None]:
    """Return the version of a page as it is saved, and the tab it was saved in."""
    of_step = (ApplicationPage.application_id == case.id, ApplicationPage.step == step)
    row = db.session.execute(select(ApplicationPage.sealed, ApplicationPage.tab).where(*of_step)).first()
    if row is None:
        return "", None
    return version_of(from_json(unseal_json(case.key, row.sealed, place=places.of_page(case.id, step=step)))), row.tab


def find_done(case: Case) -> set[int]:
    """Return the steps that their owner went on from."""
    done = (ApplicationPage.application_id == case.id, ApplicationPage.is_done)
    return set(db.session.scalars(select(ApplicationPage.step).where(*done)))


def find_unsaved(case: Case, *, step: int, now: datetime) -> Unsaved | None:
    """Return what was typed on a step when a visit ended, and not saved since; None when there is nothing, or it is a day old."""
    of_step = (ApplicationUnsaved.application_id == case.id, ApplicationUnsaved.step == step)
    chosen = select(ApplicationUnsaved.sealed, ApplicationUnsaved.held_at)
    row = db.session.execute(chosen.where(*of_step, ApplicationUnsaved.held_at > now - UNSAVED_KEPT)).first()
    if row is None:
        return None
    return unsaved_from_json(unseal_json(case.key, row.sealed, place=places.of_unsaved(case.id, step=step)), held_at=row.held_at)


def list_papers(case: Case) -> list[Held]:
    """Return what is known of the papers of an application, opening no content."""
    chosen = select(ApplicationPaper.id, ApplicationPaper.key, ApplicationPaper.meta).where(ApplicationPaper.application_id == case.id)
    rows = db.session.execute(chosen.order_by(ApplicationPaper.added_at, ApplicationPaper.id))
    return [_held(case, paper_id=row.id, key=row.key, sealed=row.meta) for row in rows]


def _held(case: Case, *, paper_id: str, key: str, sealed: bytes) -> Held:
    meta = unseal_json(case.key, sealed, place=places.of_paper(case.id, paper_id=paper_id, group="meta"))
    return Held(paper_id, key, meta["name"], meta["media_type"], meta["size"], meta["sha256"])


def get_content(case: Case, paper_id: str) -> tuple[Held, bytes]:
    """Return a paper of an application and its bytes; NoSuchRowError when it holds no such paper."""
    chosen = select(ApplicationPaper.key, ApplicationPaper.meta, ApplicationPaper.content)
    row = db.session.execute(chosen.where(ApplicationPaper.id == paper_id, ApplicationPaper.application_id == case.id)).first()
    if row is None:
        raise NoSuchRowError
    content = unseal(case.key, row.content, place=places.of_paper(case.id, paper_id=paper_id, group="content"))
    return _held(case, paper_id=paper_id, key=row.key, sealed=row.meta), content


def find_reviewed(case: Case, *, digest: str) -> dict[str, str] | None:
    """Return what the review page of this digest showed, value by line; None when no page showed it."""
    chosen = select(ApplicationReview.sealed).where(ApplicationReview.application_id == case.id, ApplicationReview.digest == digest)
    sealed = db.session.scalar(chosen)
    return None if sealed is None else unseal_json(case.key, sealed, place=places.of_review(case.id, digest=digest))


def list_events(case: Case) -> dict[str, datetime]:
    """Return when each thing happened to an application, in its order."""
    chosen = select(ApplicationEvent.kind, ApplicationEvent.at).where(ApplicationEvent.application_id == case.id)
    return {row.kind: row.at for row in db.session.execute(chosen.order_by(ApplicationEvent.number))}
