"""The papers of an application: the step where they are added, each one's own address, taking one away."""

from collections.abc import Mapping

from flask import Response, make_response, request
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from werkzeug.http import dump_options_header
from werkzeug.wrappers import Response as AnyResponse

from msewa.applications.filling import Desk
from msewa.applications.operations import papers
from msewa.applications.operations.drafting import AlreadySentError
from msewa.applications.queries import Case, get_content, list_papers
from msewa.applications.routes.blueprint import address, bp, desk_for, frame, own_case
from msewa.applications.rules import PAPERS_AT_ONCE
from msewa.applications.steps import paper_step_of
from msewa.catalogue.rules import Definition
from msewa.extensions import db
from msewa.uploads.messages import explain
from msewa.uploads.operations import Paper, inspect
from msewa.uploads.rules import UploadError
from msewa.web import form_keys
from msewa.web.access import citizen, form_on
from msewa.web.clock import now
from msewa.web.filters import say
from msewa.web.form_keys import once
from msewa.web.pages import render_page, see_other, wanted_fragment


def paper_step(case: Case, desk: Desk, *, is_checked: bool) -> Response:
    """Show the step where papers are added."""
    held = {paper.key for paper in list_papers(case)}
    return _show(case, desk, problems=_missing(desk.definition, held=held) if is_checked else {})


def save_papers(case: Case, desk: Desk) -> AnyResponse:
    """Take in the papers that came, each on its own: one that can't be used keeps out no other."""
    # Looking into a file takes a while, and the database's one writer must not wait for it.
    db.session.rollback()
    clean, problems = _inspect_all(desk.definition)
    for key, paper in clean.items():
        try:
            papers.add_paper(case, key=key, paper=paper, now=desk.now)
        except UploadError as refusal:
            problems[key] = explain(refusal)
        except AlreadySentError:
            return see_other(address("show", case))
    db.session.commit()
    return _leave(case, desk, problems=problems)


def _inspect_all(definition: Definition) -> tuple[dict[str, Paper], dict[str, str]]:
    clean: dict[str, Paper] = {}
    problems: dict[str, str] = {}
    for need in definition.papers:
        file = request.files.get(need.key)
        if need.made_by_us or file is None or not file.filename:
            continue
        try:
            clean[need.key] = _inspect(file)
        except UploadError as refusal:
            problems[need.key] = explain(refusal)
    return clean, problems


def _inspect(file: FileStorage) -> Paper:
    return inspect(file.stream.read(), filename=file.filename or "")


def _leave(case: Case, desk: Desk, *, problems: Mapping[str, str]) -> AnyResponse:
    if wanted_fragment() is not None:
        return _show(case, desk, problems=problems, status=422 if problems else 200)
    is_going_on = not {"later", "add"} & request.form.keys()
    held = {paper.key for paper in list_papers(case)}
    found = {**_missing(desk.definition, held=held), **problems} if is_going_on else problems
    if found:
        return _show(case, desk, problems=found, status=422)
    if "add" in request.form:
        return see_other(address("edit", case, step=paper_step_of(desk.definition)))
    return see_other(address("review" if is_going_on else "show", case))


def _missing(definition: Definition, *, held: set[str]) -> dict[str, str]:
    needed = [need.key for need in definition.papers if need.required and not need.made_by_us]
    return {key: gettext("Add this paper") for key in needed if key not in held}


def _show(case: Case, desk: Desk, *, problems: Mapping[str, str], status: int = 200) -> Response:
    return render_page(
        "applications/papers.html",
        fragments={"papers"},
        status=status,
        step=paper_step_of(desk.definition),
        held={paper.key: paper for paper in list_papers(case)},
        problems=problems,
        at_once=PAPERS_AT_ONCE,
        wrong=[(need.key, f"{say(need.name)}: {problems[need.key]}") for need in desk.definition.papers if need.key in problems],
        **frame(case, desk),
    )


@bp.get("/applications/<ref>/papers/<paper_id>")
@citizen
def paper(ref: str, paper_id: str) -> Response:
    """Give a paper back to its owner, as a file to keep and never as a page of this site."""
    held, content = get_content(own_case(ref), paper_id)
    response = make_response(content)
    response.headers["Content-Type"] = held.media_type
    # Should a browser show it all the same, nothing in it may act or load.
    response.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": held.name})
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.post("/applications/<ref>/papers/<paper_id>/remove")
@citizen
@form_on("applications.edit")
@once
def remove_paper(ref: str, paper_id: str) -> AnyResponse:
    """Take a paper out of a draft."""
    case = own_case(ref)
    step = paper_step_of(desk_for(case).definition)
    try:
        papers.remove_paper(case, paper_id, now=now())
    except AlreadySentError:
        return see_other(address("show", case))
    location = address("edit", case, step=step)
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)
