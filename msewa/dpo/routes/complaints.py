"""Complaints at the console: the first due first; the words open for a reason that she reads."""

from typing import Any

from flask import Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.looking import look
from msewa.dpo.forms import AnswerForm, ReasonForm
from msewa.dpo.naming import TOPICS
from msewa.dpo.operations.noting import note
from msewa.dpo.routes.blueprint import bp, done, officer
from msewa.extensions import db
from msewa.grievances import operations
from msewa.grievances.operations import MovedOnError
from msewa.grievances.queries import Complaint, get_complaint, list_inbox, list_steps, read_words
from msewa.grievances.rules import MAY_ANSWER, MAY_CLOSE, MAY_OPEN
from msewa.web.access import dpo, form_on
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.pages import render_page, see_other


@bp.get("/dpo/grievances")
@dpo
def complaints() -> Response:
    """List the complaints that wait for an answer, the first due first."""
    return render_page("dpo/complaints.html", rows=list_inbox(), topics=TOPICS, now=now(), me_id=officer().id)


@bp.get("/dpo/grievances/<ref>")
@dpo
def complaint(ref: str) -> Response:
    """Show a complaint with its words closed."""
    return _show(get_complaint(ref), reason_form=ReasonForm())


@bp.post("/dpo/grievances/<ref>/open")
@dpo
@form_on("dpo.complaint")
def open_complaint(ref: str) -> Response:
    """Open the words of a complaint; the look, and its reason, are on the citizen's page."""
    found, form, moment = get_complaint(ref), ReasonForm(), now()
    if found.state not in MAY_OPEN:
        return _show(found, status=409)
    if not form.validate():
        return _show(found, reason_form=form, status=422)
    reason = str(form.reason.data)
    subject = look(found.account_id, actor=officer().actor, reason=reason, fields=("grievance",), now=moment, about=found.ref)
    if found.state in MAY_ANSWER:
        operations.take(found, actor=officer().actor, now=moment)
    note("grievance.opened", officer=officer(), now=moment, about=found.ref, reason=reason)
    words, steps = read_words(found, subject=subject), list_steps(found, subject=subject)
    db.session.commit()
    return _show(get_complaint(ref), words=words, steps=steps, answer_form=AnswerForm(formdata=None))


@bp.post("/dpo/grievances/<ref>/answer")
@dpo
@form_on("dpo.complaint")
@once
def answer_complaint(ref: str) -> AnyResponse:
    """Answer a complaint."""
    found, form = get_complaint(ref), AnswerForm()
    if not form.validate():
        return _show(found, answer_form=form, reason_form=ReasonForm(formdata=None), status=422)
    try:
        operations.answer(found, text=str(form.answer.data), actor=officer().actor, now=now())
    except MovedOnError:
        return see_other(_address(found))
    note("grievance.answered", officer=officer(), now=now(), about=found.ref)
    return done(_address(found))


@bp.post("/dpo/grievances/<ref>/close")
@dpo
@form_on("dpo.complaint")
@once
def close_complaint(ref: str) -> AnyResponse:
    """Close an answered complaint."""
    found = get_complaint(ref)
    try:
        operations.close(found, actor=officer().actor, now=now())
    except MovedOnError:
        return see_other(_address(found))
    note("grievance.closed", officer=officer(), now=now(), about=found.ref)
    return done(_address(found))


def _address(found: Complaint) -> str:
    return url_for("dpo.complaint", ref=found.ref)


def _show(found: Complaint, *, status: int = 200, **values: Any) -> Response:
    given: dict[str, Any] = {"words": None, "reason_form": None, "answer_form": None, "steps": list_steps(found), **values}
    return render_page(
        "dpo/complaint.html",
        status=status,
        complaint=found,
        topic=TOPICS[found.topic],  # pyright: ignore[reportArgumentType] - a StrEnum's key is found by its text
        overdue=found.is_overdue(now()),
        may_close=found.state in MAY_CLOSE,
        may_open=found.state in MAY_OPEN,
        form=given["answer_form"] or given["reason_form"],
        **given,
    )
