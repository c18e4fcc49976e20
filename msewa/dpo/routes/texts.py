"""Publishing at the console: a draft, how it differs, and another officer who puts it into force."""

from flask import Response, abort, current_app, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from msewa.dpo.drafts import DraftError, differences, read_draft
from msewa.dpo.forms import FAULTS, TEXTS, PublicationForm
from msewa.dpo.operations import publishing
from msewa.dpo.operations.publishing import AlreadySettledError, SamePersonError
from msewa.dpo.queries import DraftedText, get_text, list_texts
from msewa.dpo.routes.blueprint import bp, done, officer
from msewa.dpo.rules import TextState
from msewa.extensions import db
from msewa.web.access import dpo, fresh_proof
from msewa.web.clock import day_of, now
from msewa.web.form_keys import once
from msewa.web.pages import render_page


@bp.get("/dpo/texts")
@dpo
def texts() -> Response:
    """List what was drafted, and take a new draft."""
    return _list(PublicationForm())


@bp.post("/dpo/texts")
@dpo
@once
def keep_text() -> AnyResponse:
    """Keep a draft that could be published."""
    form = PublicationForm()
    if not form.validate():
        return _list(form, status=422)
    source = str(form.content.data)
    try:
        text = read_draft(form.name.data, source, today=day_of(now()))
    except DraftError as error:
        form.content.errors = [str(FAULTS[error.fault])]
        return _list(form, status=422)
    number = publishing.draft(text, source=source, officer=officer(), now=now())
    return done(url_for("dpo.text", ref=number))


@bp.get("/dpo/texts/<ref>")
@dpo
def text(ref: str) -> Response:
    """Show how a draft differs from what holds."""
    return _show(get_text(ref))


@bp.post("/dpo/texts/<ref>")
@dpo
@fresh_proof
@once
def act_on_text(ref: str) -> AnyResponse:
    """Put a draft into force, or aside."""
    drafted, acts = get_text(ref), {"publish": publishing.publish, "withdraw": publishing.put_aside}
    act = acts.get(request.form.get("do", ""))
    if act is None:
        abort(400)
    try:
        act(drafted, officer=officer(), now=now())
    except SamePersonError:
        return _refuse(ref, gettext("Another officer must put it into force"))
    except AlreadySettledError:
        return _refuse(ref, gettext("This has moved on meanwhile"))
    except DraftError as error:
        return _refuse(ref, str(FAULTS[error.fault]))
    # Each page's foot names the version that holds, and is kept in memory.
    current_app.extensions["frames"].clear()
    return done(url_for("dpo.text", ref=drafted.number))


def _refuse(ref: str, problem: str) -> Response:
    db.session.rollback()
    return _show(get_text(ref), status=409, problem=problem)


def _list(form: PublicationForm, *, status: int = 200) -> Response:
    return render_page("dpo/texts.html", form=form, rows=list_texts(), names=TEXTS, status=status)


def _show(drafted: DraftedText, *, status: int = 200, problem: str = "") -> Response:
    is_draft = drafted.state == TextState.DRAFT
    return render_page(
        "dpo/text.html",
        drafted=drafted,
        name=TEXTS[drafted.name],
        changes=_differences(drafted) if is_draft else [],
        is_own=drafted.drafted_by == officer().id,
        problem=problem,
        status=status,
    )


def _differences(drafted: DraftedText) -> list[object]:
    try:
        return [*differences(read_draft(drafted.name, drafted.content, today=day_of(drafted.drafted_at)))]
    except DraftError:
        return []  # something else was published since; putting it into force says so
