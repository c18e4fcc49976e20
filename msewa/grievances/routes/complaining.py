"""Complaining: whom to turn to, my complaints, a new one, one with its way."""

from typing import Any, cast

from flask import Response, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.operations.numbers import is_number_gone
from msewa.accounts.rules import Role
from msewa.delivery.queries import get_package_state
from msewa.grievances import operations
from msewa.grievances.correcting import read_details
from msewa.grievances.forms import ComplaintForm
from msewa.grievances.naming import TOPICS, list_subjects, name_of
from msewa.grievances.operations import Draft, MovedOnError, TooManyOpenError
from msewa.grievances.queries import Complaint, find_by_id, get_own, list_own, list_steps, list_texts, read_words
from msewa.grievances.routes.blueprint import address, bp, contact, done, person
from msewa.grievances.rules import About, Topic, may_escalate, read_about
from msewa.web.access import citizen, form_on, public
from msewa.web.clock import now
from msewa.web.errors import NoSuchRowError
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other


@bp.get("/grievances")
@public
def index() -> Response:
    """Say whom to turn to; whoever is signed in as a citizen also sees her complaints."""
    is_citizen = current_user.is_authenticated and person().role == Role.CITIZEN
    rows, texts = (list_own(person().id), list_texts(person())) if is_citizen else ([], {})
    shown: dict[str, Any] = {"rows": rows, "texts": texts, "topics": TOPICS, "is_citizen": is_citizen, "contact": contact()}
    return render_page("grievances/index.html", now=now(), **shown)


@bp.get("/grievances/new")
@citizen
def new() -> Response:
    """Ask what happened; the address may name what it is about."""
    about = request.args.get("about", str(Topic.GENERAL))
    return _ask(_form(about))


@bp.post("/grievances/new")
@citizen
@once
def file() -> AnyResponse:
    """Take the complaint in and show its number."""
    try:
        form = _form(request.form.get("about", ""))
    except NoSuchRowError:
        # Gone since the page was opened, such as a discarded draft: what she wrote is kept, and she picks something else.
        form = ComplaintForm(list_subjects(person(), language=language()))
    if not form.validate():
        return _ask(form, status=422)
    draft = Draft(cast(About, read_about(form.about.data)), cast(str, form.text.data))
    try:
        complaint_id = operations.file(draft, subject=person(), actor=person().actor, now=now())
    except TooManyOpenError:
        return _ask(form, status=422, too_many=True)
    return done(cast(Complaint, find_by_id(complaint_id)))


@bp.get("/grievances/<ref>")
@citizen
def show(ref: str) -> Response:
    """Show one of her complaints, what was answered, and what comes next."""
    complaint, moment = get_own(ref, account_id=person().id), now()
    words = read_words(complaint, subject=person())
    overdue = complaint.is_overdue(moment)
    return render_page(
        "grievances/show.html",
        complaint=complaint,
        words=words,
        about=_about(words.about, topic=complaint.topic),
        correction=read_details(words, subject=person(), language=language()) if words.details else None,
        steps=list_steps(complaint, subject=person()),
        overdue=overdue,
        may_escalate=may_escalate(complaint.state, overdue=overdue),
        contact=contact(),
        package=get_package_state(complaint.id) if complaint.topic == Topic.CORRECTION else None,
    )


@bp.post("/grievances/<ref>/close")
@citizen
@form_on("grievances.show")
@once
def close(ref: str) -> AnyResponse:
    """Let it rest: the answer is enough for her."""
    complaint = get_own(ref, account_id=person().id)
    try:
        operations.close(complaint, actor=person().actor, now=now())
    except MovedOnError:
        return see_other(address(complaint))
    return done(complaint)


@bp.post("/grievances/<ref>/escalate")
@citizen
@form_on("grievances.show")
@once
def escalate(ref: str) -> AnyResponse:
    """Note that she goes on to the Board."""
    complaint = get_own(ref, account_id=person().id)
    try:
        operations.escalate(complaint, actor=person().actor, now=now())
    except MovedOnError:
        return see_other(address(complaint))
    return done(complaint)


def _form(about: str) -> ComplaintForm:
    subjects = list_subjects(person(), language=language())
    if about not in dict(subjects):
        subjects.insert(0, (about, name_of(about, subject=person(), language=language())))
    return ComplaintForm(subjects, about=about)


def _ask(form: ComplaintForm, *, status: int = 200, too_many: bool = False) -> Response:
    shown: dict[str, Any] = {"too_many": too_many, "contact": contact(), "is_number_gone": is_number_gone(person().id)}
    return render_page("grievances/new.html", form=form, status=status, **shown)


def _about(about: str, *, topic: str) -> str:
    # What it was about may be gone by now, such as a discarded draft; the complaint stays.
    try:
        return name_of(about, subject=person(), language=language())
    except NoSuchRowError:
        return str(TOPICS[Topic(topic)])
