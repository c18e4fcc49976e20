"""The form, step by step. Every answer is kept as it stands, right or wrong, so that nothing typed is lost."""

from datetime import datetime

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from msewa.applications.answers import Answer, Pages
from msewa.applications.filling import Desk, Problems, find_for_profile, find_problems, prefill, read_page, take_up
from msewa.applications.forms.page import make_page
from msewa.applications.operations import drafting
from msewa.applications.operations.drafting import AlreadySentError
from msewa.applications.queries import Case, find_unsaved, read_pages
from msewa.applications.routes.blueprint import address, bp, desk_for, frame, own_case, person
from msewa.applications.routes.ended import hold_typed
from msewa.applications.routes.papers import paper_step, save_papers
from msewa.applications.steps import count_steps, paper_step_of, read_step
from msewa.extensions import db
from msewa.profile import operations as profile
from msewa.web.access import citizen, held_when_ended
from msewa.web.pages import render_page, see_other, wanted_fragment


@bp.get("/applications/<ref>/edit")
@citizen
def edit(ref: str) -> AnyResponse:
    """Show a step of the form; with check=1 also what is wrong with it."""
    case = own_case(ref)
    if not case.is_draft:
        return see_other(address("show", case))
    desk, pages = desk_for(case), read_pages(case)
    step = read_step(request.args.get("step"), desk.definition, saved=pages.keys())
    is_checked = request.args.get("check") == "1"
    if step == paper_step_of(desk.definition):
        return paper_step(case, desk, is_checked=is_checked)
    pages = {step: prefill(desk, step), **pages}
    unsaved = find_unsaved(case, step=step, now=desk.now)
    if unsaved is not None:
        pages[step] = take_up(pages[step], unsaved=unsaved)
    problems = find_problems(desk, step, pages=pages) if is_checked else {}
    return _show(case, desk, step, pages=pages, problems=problems, is_unsaved=unsaved is not None)


@bp.post("/applications/<ref>/edit")
@citizen
@held_when_ended(hold_typed)
def save(ref: str) -> AnyResponse:
    """Keep a step: by itself while she types, to leave, or to go on to the next one.

    Saving twice is saving once, so this one needs no key: going back and changing an answer is what a form is for.
    """
    case = own_case(ref)
    if not case.is_draft:
        return see_other(address("show", case))
    desk = desk_for(case)
    pages = read_pages(case)
    step = read_step(request.args.get("step"), desk.definition, saved=pages.keys())
    if step == paper_step_of(desk.definition):
        return save_papers(case, desk)
    return _save_answers(case, desk, step, pages=pages)


def _save_answers(case: Case, desk: Desk, step: int, *, pages: dict[int, dict[str, Answer]]) -> AnyResponse:
    answers, refused = read_page(desk, step, typed=request.form.get, earlier=pages.get(step, {}))
    pages = {**pages, step: answers}
    problems = {**find_problems(desk, step, pages=pages), **refused}
    try:
        drafting.save_page(case, step=step, page=answers, now=desk.now)
    except AlreadySentError:
        return see_other(address("show", case))
    is_staying = wanted_fragment() is not None or "narrow" in request.form
    is_going_on = not is_staying and "later" not in request.form
    if is_going_on and not problems and "update_profile" in request.form:
        profile.keep(person(), find_for_profile(desk, answers), actor=person().actor, now=desk.now)
    db.session.commit()
    if is_staying:
        return _show(case, desk, step, pages=pages, problems={}, is_saved=True)
    return _leave(case, desk, step, pages=pages, problems=problems)


def _leave(case: Case, desk: Desk, step: int, *, pages: Pages, problems: Problems) -> AnyResponse:
    if "later" in request.form:
        return see_other(address("show", case))
    if problems:
        return _show(case, desk, step, pages=pages, problems=problems, is_saved=True, status=422)
    if step < count_steps(desk.definition):
        return see_other(address("edit", case, step=step + 1))
    return see_other(address("review", case))


def _last_saved(case: Case) -> datetime | None:
    return case.updated_at if case.updated_at > case.created_at else None


def _show(case: Case, desk: Desk, step: int, *, pages: Pages, problems: Problems, status: int = 200, **notes: bool) -> Response:
    near = request.form.get("place_district", "")
    made = make_page(desk, step, pages=pages, problems=problems, near=near if near in desk.catalogue.districts else "")
    return render_page(
        "applications/edit.html",
        fragments={"saved", "questions"},
        status=status,
        step=step,
        title=desk.definition.steps[step - 1].title,
        page=made,
        form=made.form,
        saved_at=desk.now if notes.get("is_saved") else _last_saved(case),
        is_unsaved=notes.get("is_unsaved", False),
        **frame(case, desk),
    )
