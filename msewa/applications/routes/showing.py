"""My applications; one with its receipt and its track; taking one back."""

from flask import Response, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.factors import qr_svg
from msewa.applications.operations import following, sending
from msewa.applications.operations.drafting import AlreadySentError
from msewa.applications.queries import Case, is_with_office, list_events
from msewa.applications.references import say_reference
from msewa.applications.reviewing import make_review
from msewa.applications.routes.blueprint import address, bp, desk_for, frame, own_case, person
from msewa.applications.routes.listing import list_page
from msewa.applications.rules import State, may_withdraw, withdrawal_id
from msewa.delivery.queries import find_package_state, get_package_state
from msewa.extensions import db
from msewa.notifications.queries import find_state
from msewa.web import form_keys
from msewa.web.access import citizen
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other


@bp.get("/applications")
@citizen
def index() -> Response:
    """List one's own applications, newest first."""
    return list_page()


@bp.get("/applications/<ref>")
@citizen
def show(ref: str) -> Response:
    """Show a draft with its way on, or what was sent with its receipt and its track."""
    case = own_case(ref)
    if case.is_draft:
        return render_page("applications/draft.html", case=case, **frame(case, desk_for(case)))
    return render_page(
        "applications/show.html",
        case=case,
        events=list_events(case),
        package=get_package_state(case.id),
        is_texted=_is_texted(case),
        spoken=say_reference(case.reference, language=language()),
        qr=Markup(qr_svg(address("show", case, _external=True))),  # noqa: S704 - drawn by segno from our own address
        told=find_package_state(withdrawal_id(case.id)) if case.state == State.WITHDRAWN else None,
        may_withdraw=may_withdraw(case.state),
        **frame(case, desk_for(case)),
    )


def _is_texted(case: Case) -> bool:
    """Whether its number is on its way to her mobile or has left for it: nothing goes to a number that may be a stranger's by now."""
    at = case.submitted_at if case.state == State.SUBMITTED else None
    return at is not None and find_state(person().id, templates=sending.TOLD.values(), at=at) in ("waiting", "sent")


@bp.get("/applications/<ref>/sent")
@citizen
def sent(ref: str) -> AnyResponse:
    """Show again, line by line, what was sent."""
    case = own_case(ref)
    if case.is_draft:
        return see_other(address("review", case))
    desk = desk_for(case)
    facts = {"review": make_review(case, desk), "is_with_office": is_with_office(case)}
    return render_page("applications/sent.html", case=case, **facts, **frame(case, desk))


@bp.get("/applications/<ref>/withdraw")
@citizen
def withdrawal(ref: str) -> AnyResponse:
    """Ask whether an application is to be taken back, and say what that means."""
    case = own_case(ref)
    if not may_withdraw(case.state):
        return see_other(address("show", case))
    return render_page("applications/withdrawal.html", case=case, **frame(case, desk_for(case)))


@bp.post("/applications/<ref>/withdraw")
@citizen
@once
def withdraw(ref: str) -> AnyResponse:
    """Take an application back from its office."""
    case = own_case(ref)
    if may_withdraw(case.state) and "leave" not in request.form:
        _withdraw(case)
    location = address("show", case)
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)


def _withdraw(case: Case) -> None:
    try:
        following.withdraw(case, subject=person(), actor=person().actor, now=now())
    except AlreadySentError:
        return  # finished by the office at this very moment: the page says so
