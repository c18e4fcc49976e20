"""Everything about a person's applications, for her download, the seal and the erasure; an application's key ends with it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, delete, select

from msewa.applications import places
from msewa.applications.models import (
    Application,
    ApplicationEvent,
    ApplicationPage,
    ApplicationPaper,
    ApplicationReview,
    ApplicationUnsaved,
)
from msewa.applications.queries import COLUMNS, Case
from msewa.applications.references import show_reference
from msewa.applications.unsaved import answers_in
from msewa.crypto.envelope import unseal, unseal_json
from msewa.delivery import operations as delivery
from msewa.delivery.queries import Sent, list_packages
from msewa.extensions import db
from msewa.holdings import File, Holding
from msewa.ledger.rules import Subject
from msewa.web import form_keys
from msewa.web.keys import key_wrapper

Fields = Row[*tuple[Any, ...]]
# Children first: SQLite and PostgreSQL then agree, whatever a foreign key would carry along.
CHILDREN = (ApplicationEvent, ApplicationReview, ApplicationPaper, ApplicationUnsaved, ApplicationPage)


def gather(subject: Subject) -> list[dict[str, Any]]:
    """Return every application with its answers, papers (by digest), reviews, track and package, oldest first."""
    cases = _cases(subject.id)
    pages, papers, reviews, track = _pages(subject.id), _papers(subject.id), _reviews(subject.id), _track(subject.id)
    unsaved = _unsaved(subject.id)
    packages = {row.application_id: row for row in list_packages([case.id for case in cases])}
    return [
        {
            **_whole(case, pages[case.id], papers[case.id], track[case.id]),
            **_seen(case, reviews[case.id], packages.get(case.id)),
            "unsaved": _opened(case, unsaved[case.id]),
        }
        for case in cases
    ]


def files(subject: Subject) -> Iterator[File]:
    """Yield every paper under its application's reference, one after another: only one of them lies in memory."""
    keys = {case.id: case for case in _cases(subject.id)}
    for application_id, rows in _papers(subject.id).items():
        for number, row in enumerate(rows, 1):
            case = keys[application_id]
            name = _meta(case, row)["name"]
            content = db.session.scalars(select(ApplicationPaper.content).where(ApplicationPaper.id == row.id)).one()
            place = places.of_paper(case.id, paper_id=row.id, group="content")
            # Numbered: two papers of one application may bear one name.
            yield f"applications/{show_reference(case.reference)}/{number}-{name}", unseal(case.key, content, place=place)


def erase(account_id: str) -> None:
    """Remove her applications with their packages, the work that waits for them, and the addresses that forms were sent to."""
    rows = db.session.execute(select(Application.id, Application.reference).where(Application.account_id == account_id)).all()
    ids = [row.id for row in rows]
    delivery.forget(ids)
    form_keys.forget_about([f"/applications/{show_reference(row.reference)}" for row in rows])
    for model in CHILDREN:
        db.session.execute(delete(model).where(model.application_id.in_(ids)))
    db.session.execute(delete(Application).where(Application.account_id == account_id))


def _cases(account_id: str) -> list[Case]:
    rows = db.session.execute(select(*COLUMNS).where(Application.account_id == account_id).order_by(Application.created_at, Application.id))
    facts: list[tuple[Any, ...]] = [tuple(row) for row in rows]
    return [Case(*one[:-1], key=key_wrapper().unwrap(one[-1], subject=one[0])) for one in facts]


def _pages(account_id: str) -> dict[str, list[Fields]]:
    return _grouped(account_id, ApplicationPage, ApplicationPage.step, ApplicationPage.sealed)


def _unsaved(account_id: str) -> dict[str, list[Fields]]:
    return _grouped(account_id, ApplicationUnsaved, ApplicationUnsaved.step, ApplicationUnsaved.held_at, ApplicationUnsaved.sealed)


def _papers(account_id: str) -> dict[str, list[Fields]]:
    return _grouped(
        account_id, ApplicationPaper, ApplicationPaper.added_at, ApplicationPaper.id, ApplicationPaper.key, ApplicationPaper.meta
    )


def _reviews(account_id: str) -> dict[str, list[Fields]]:
    return _grouped(account_id, ApplicationReview, ApplicationReview.shown_at, ApplicationReview.digest, ApplicationReview.sealed)


def _track(account_id: str) -> dict[str, list[Fields]]:
    return _grouped(account_id, ApplicationEvent, ApplicationEvent.number, ApplicationEvent.kind, ApplicationEvent.at)


def _grouped(account_id: str, model: Any, *columns: Any) -> dict[str, list[Fields]]:
    """Return a table's rows of all her applications by application, in the order of the columns: one question for hundreds."""
    chosen: Select[*tuple[Any, ...]] = select(model.application_id, *columns).join(Application, Application.id == model.application_id)
    grouped: dict[str, list[Fields]] = defaultdict(list)
    for row in db.session.execute(chosen.where(Application.account_id == account_id).order_by(model.application_id, *columns[:2])):
        grouped[row.application_id].append(row)
    return grouped


def _meta(case: Case, row: Fields) -> dict[str, Any]:
    return unseal_json(case.key, row.meta, place=places.of_paper(case.id, paper_id=row.id, group="meta"))


def _whole(case: Case, pages: list[Fields], papers: list[Fields], track: list[Fields]) -> dict[str, Any]:
    return {
        "reference": show_reference(case.reference),
        "service": case.service_id,
        "version": case.service_version,
        "provider": case.provider_id,
        "state": case.state,
        "language": case.language,
        "begun_at": case.created_at.isoformat(),
        "changed_at": case.updated_at.isoformat(),
        "sent_at": case.submitted_at.isoformat() if case.submitted_at else None,
        "answer_due_on": case.due_on.isoformat() if case.due_on else None,
        "digest": case.digest,
        "answers": {str(row.step): unseal_json(case.key, row.sealed, place=places.of_page(case.id, step=row.step)) for row in pages},
        "papers": [{"key": row.key, "added_at": row.added_at.isoformat(), **_meta(case, row)} for row in papers],
        "track": [{"what": row.kind, "at": row.at.isoformat()} for row in track],
    }


def _opened(case: Case, unsaved: list[Fields]) -> dict[str, Any]:
    return {
        str(row.step): {
            "held_at": row.held_at.isoformat(),
            "answers": answers_in(unseal_json(case.key, row.sealed, place=places.of_unsaved(case.id, step=row.step))),
        }
        for row in unsaved
    }


def _seen(case: Case, reviews: list[Fields], package: Sent | None) -> dict[str, Any]:
    shown = [
        {
            "digest": row.digest,
            "shown_at": row.shown_at.isoformat(),
            "values": unseal_json(case.key, row.sealed, place=places.of_review(case.id, digest=row.digest)),
        }
        for row in reviews
    ]
    return {"reviews": shown, "package": package_of(package)}


def package_of(package: Sent | None) -> dict[str, Any] | None:
    """Return what is told of a package; None when there is none."""
    if package is None:
        return None
    accepted_at = package.accepted_at.isoformat() if package.accepted_at else None
    return {"digest": package.digest, "made_at": package.created_at.isoformat(), "accepted_at": accepted_at, "receipt": package.receipt}


HOLDING = Holding(
    section="applications",
    tables=(
        "application",
        "application_page",
        "application_unsaved",
        "application_paper",
        "application_review",
        "application_event",
        "package",
    ),
    gather=gather,
    erase=erase,
    files=files,
)
