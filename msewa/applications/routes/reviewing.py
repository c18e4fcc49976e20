"""Looking at every line before it goes, and sending exactly that."""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from msewa.applications.filling import Desk
from msewa.applications.operations import sending
from msewa.applications.operations.drafting import AlreadySentError
from msewa.applications.operations.sending import Confirmation, NotReviewedError
from msewa.applications.queries import Case, read_pages
from msewa.applications.reviewing import due_for, find_gap, make_review
from msewa.applications.routes.blueprint import address, bp, desk_for, frame, own_case, person
from msewa.delivery.operations import ProviderNotRegisteredError
from msewa.delivery.queries import can_receive
from msewa.extensions import db, writing
from msewa.web import form_keys
from msewa.web.access import citizen, form_on
from msewa.web.form_keys import once
from msewa.web.pages import render_page, see_other

NOT_OPEN = "not_open"
NOT_DECLARED = "not_declared"
CHANGED = "changed"


@bp.get("/applications/<ref>/review")
@citizen
def review(ref: str) -> AnyResponse:
    """Show every line that would be sent; what is missing is asked for first."""
    case = own_case(ref)
    if not case.is_draft:
        return see_other(address("show", case))
    desk = desk_for(case)
    gap = find_gap(case, desk)
    if gap is not None:
        return see_other(address("edit", case, step=gap.step, **({} if gap.is_new else {"check": 1})))
    return _show(case, desk)


@bp.post("/applications/<ref>/submit")
@citizen
@form_on("applications.review")
@once
def submit(ref: str) -> AnyResponse:
    """Send what was reviewed, or show the review again with the reason why not (409, 422)."""
    case = own_case(ref)
    if not case.is_draft or "later" in request.form:
        return see_other(address("show", case))
    desk = desk_for(case)
    if find_gap(case, desk) is not None:
        abort(409)
    digest = request.form.get("digest", "")
    # A stale page is told of its change first: the tick belongs to what is shown now.
    if "declare" not in request.form and digest == make_review(case, desk).package.digest:
        return _show(case, desk, problem=NOT_DECLARED, status=422)
    return _send(case, desk, digest=digest)


def _send(case: Case, desk: Desk, *, digest: str) -> AnyResponse:
    confirmed = Confirmation(digest=digest, actor=person().actor, due=due_for(desk, pages=read_pages(case)))
    location = address("show", case)
    try:
        sending.submit(case, desk.definition, subject=person(), confirmed=confirmed, now=desk.now)
    except AlreadySentError:
        return see_other(location)
    except NotReviewedError as error:
        return _show(case, desk, problem=CHANGED, seen=error.seen, status=409)
    except ProviderNotRegisteredError:
        return _show(case, desk, problem=NOT_OPEN, status=409)
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)


def _show(case: Case, desk: Desk, *, problem: str = "", seen: Mapping[str, str] | None = None, status: int = 200) -> Response:
    # What was begun and refused is taken back first; then the page is put together and noted in one writing transaction.
    db.session.rollback()
    with writing():
        made = make_review(case, desk, seen=seen)
        sending.note_review(case, made.package, now=desk.now)
        db.session.commit()
    values: dict[str, Any] = {"review": made, "problem": problem, "summary": _summary(problem), **frame(case, desk)}
    values["is_open"] = can_receive(desk.definition.provider)
    return render_page("applications/review.html", status=status, **values)


def _summary(problem: str) -> list[tuple[str | None, str]]:
    return [("declare", gettext("Put a tick here when you have read every line"))] if problem == NOT_DECLARED else []
