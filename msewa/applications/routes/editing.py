"""The form, step by step. Every answer is kept as it stands, right or wrong, so that nothing typed is lost."""

from datetime import datetime

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from msewa.applications.answers import Pages, version_of
from msewa.applications.filling import Desk, Problems, find_for_profile, find_problems, prefill, read_page, take_up
from msewa.applications.forms.page import make_page
from msewa.applications.operations import drafting
from msewa.applications.operations.drafting import AlreadySentError, ChangedElsewhereError
from msewa.applications.queries import Case, find_last, find_unsaved, read_pages
from msewa.applications.reviewing import find_unfinished
from msewa.applications.routes.blueprint import address, bp, desk_for, frame, own_case, person, tab_of_form
from msewa.applications.routes.ended import hold_typed
from msewa.applications.routes.papers import paper_step, save_papers
from msewa.applications.steps import count_steps, paper_step_of, read_step
from msewa.catalogue.answer_messages import sentence_of
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
    step = _asked_step(case, desk, pages=pages)
    if step == paper_step_of(desk.definition):
        return paper_step(case, desk, is_checked=_is_checked())
    seen = version_of(pages.get(step, {}))
    pages = {step: prefill(desk, step), **pages}
    unsaved = find_unsaved(case, step=step, now=desk.now)
    met = unsaved.id if unsaved else ""
    # Whoever was shown it, and then chose to open the step as it is saved, has met it all the same.
    is_unsaved = unsaved is not None and request.args.get("without") != met
    if unsaved is not None and is_unsaved:
        pages[step] = take_up(pages[step], unsaved=unsaved.page)
        # What another tab saved meanwhile is not written over by it: going on from here asks her.
        seen = unsaved.seen(*find_last(case, step=step))
    problems = find_problems(desk, step, pages=pages) if _is_checked() else {}
    return _show(case, desk, step, pages=pages, problems=problems, seen=seen, met=met, is_unsaved=is_unsaved)


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
    step = _asked_step(case, desk, pages=pages)
    if step == paper_step_of(desk.definition):
        return save_papers(case, desk)
    return _save_answers(case, desk, step, pages=pages)


def _asked_step(case: Case, desk: Desk, *, pages: Pages) -> int:
    return read_step(request.args.get("step"), desk.definition) or find_unfinished(case, desk, pages=pages)


def _is_checked() -> bool:
    return request.args.get("check") == "1"


def _save_answers(case: Case, desk: Desk, step: int, *, pages: Pages) -> AnyResponse:
    read = read_page(desk, step, typed=request.form.get, earlier=pages.get(step, {}))
    pages = {**pages, step: read.answers}
    problems = {**find_problems(desk, step, pages=pages), **read.refused}
    is_staying = wanted_fragment() is not None or "narrow" in request.form
    is_done = not (is_staying or "later" in request.form or problems)
    try:
        drafting.save_page(case, step=step, page=read.kept, is_done=is_done, tab=tab_of_form(), now=desk.now)
    except AlreadySentError:
        return see_other(address("show", case))
    except ChangedElsewhereError:
        return _choose(case, desk, step, typed=pages)
    if is_done and "update_profile" in request.form:
        profile.keep(person(), find_for_profile(desk, read.answers), actor=person().actor, now=desk.now)
    db.session.commit()
    seen = version_of(read.kept)
    if is_staying:
        problems = problems if _is_checked() else {}
        return _show(case, desk, step, pages=pages, problems=problems, unkept=read.unkept, seen=seen, is_saved=True)
    # Whoever leaves is asked for nothing that is missing, but told what would not be there when she is back.
    problems = read.unkept if "later" in request.form else problems
    if problems:
        return _show(case, desk, step, pages=pages, problems=problems, unkept=read.unkept, seen=seen, is_saved=True, status=422)
    return see_other(_next_place(case, desk, step))


def _choose(case: Case, desk: Desk, step: int, *, typed: Pages) -> Response:
    """Save nothing, show what was typed, and let her choose: sent again from here, it takes the place of what the other tab saved."""
    db.session.rollback()
    seen, _ = find_last(case, step=step)
    status = 409 if wanted_fragment() is None else 200
    return _show(case, desk, step, pages=typed, problems={}, seen=seen, met=tab_of_form().met, is_elsewhere=True, status=status)


def _next_place(case: Case, desk: Desk, step: int) -> str:
    if "later" in request.form:
        return address("show", case)
    return address("edit", case, step=step + 1) if step < count_steps(desk.definition) else address("review", case)


def _last_saved(case: Case) -> datetime | None:
    return case.updated_at if case.updated_at > case.created_at else None


def _show(
    case: Case,
    desk: Desk,
    step: int,
    *,
    pages: Pages,
    problems: Problems,
    seen: str,
    met: str = "",
    unkept: Problems | None = None,
    status: int = 200,
    **notes: bool,
) -> Response:
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
        seen=seen,
        met=met,
        unkept=[f"{made.form[key].label.text}: {sentence_of(error)}" for key, error in (unkept or {}).items()],
        is_unsaved=notes.get("is_unsaved", False),
        is_elsewhere=notes.get("is_elsewhere", False),
        is_part=wanted_fragment() is not None,
        **frame(case, desk),
    )
