"""Demands under law at the console: written down, approved by two, carried out."""

from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from msewa.crypto.canonical import canonical
from msewa.dpo.forms import GROUNDS, DemandForm
from msewa.dpo.operations import disclosing
from msewa.dpo.operations.disclosing import MovedOnError, NobodyError, NotApprovedError, Paper
from msewa.dpo.queries import Demand, get_demand, list_demands, list_steps
from msewa.dpo.routes.blueprint import bp, done, officer
from msewa.dpo.rules import APPROVERS, Ground, is_refused, names_a_provision
from msewa.dpo.values import find_subject, list_fields
from msewa.extensions import db
from msewa.web import form_keys
from msewa.web.access import dpo, fresh_proof
from msewa.web.clock import now
from msewa.web.filters import INDIA
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import render_page


@bp.get("/dpo/legal")
@dpo
def demands() -> Response:
    """List the demands under law."""
    return render_page("dpo/demands.html", rows=list_demands(), grounds=GROUNDS)


@bp.get("/dpo/legal/new")
@dpo
def draft() -> Response:
    """Ask what a demand says."""
    return _ask(_form())


@bp.post("/dpo/legal/new")
@dpo
@once
def keep_draft() -> AnyResponse:
    """Write a demand down; one without a law behind it is refused, counted, and goes no further (400)."""
    form = _form()
    ground = form.ground.data
    if ground and is_refused(ground):
        disclosing.refuse(Ground(ground), officer=officer(), now=now())
        form_keys.remember(url_for("dpo.demands"))  # pressed twice, it is still one request
        db.session.commit()
        return _ask(form, status=400, refused=ground)
    is_valid = form.validate()
    if ground == Ground.LAW and not names_a_provision(form.provision.data or ""):
        form.provision.errors = [gettext("Name the act and its section: without them nothing is handed over")]
        return _ask(form, status=400)
    return _draft(form) if is_valid else _ask(form, status=422)


def _draft(form: DemandForm) -> AnyResponse:
    account_id, application_id = find_subject(form.application, mobile="" if form.application else form.mobile_number)
    said = {key: str(form[key].data or "") for key in ("authority", "provision", "instrument", "gag_basis")}
    paper, ground = Paper(**said, fields=tuple(form.fields.data or ()), application_id=application_id), Ground(form.ground.data)
    # The same answer whether or not anybody has this number: one officer alone must not learn who has an account.
    number = disclosing.draft(paper, ground=ground, account_id=account_id, officer=officer(), now=now(), gag_until=form.gag_end)
    return done(url_for("dpo.demand", ref=number))


@bp.get("/dpo/legal/<ref>")
@dpo
def demand(ref: str) -> Response:
    """Show a demand and its steps."""
    return _show(get_demand(ref))


@bp.post("/dpo/legal/<ref>")
@dpo
@fresh_proof
@once
def act_on_demand(ref: str) -> AnyResponse:
    """Approve a demand, carry it out, or put it aside."""
    found, act = get_demand(ref), request.form.get("do", "")
    acts = {"approve": disclosing.approve, "execute": disclosing.execute, "withdraw": disclosing.withdraw}
    if act not in acts:
        abort(400)
    try:
        acts[act](found, officer=officer(), now=now())
    except NobodyError:
        db.session.commit()
        return _show(get_demand(ref), status=409, problem=gettext("Nobody has this number"))
    except (NotApprovedError, MovedOnError) as fault:
        db.session.rollback()
        return _show(get_demand(ref), status=409, problem=_problem(fault))
    return done(url_for("dpo.demand", ref=found.number))


def _problem(fault: Exception) -> str:
    has_moved = isinstance(fault, MovedOnError)
    return gettext("This has moved on meanwhile") if has_moved else gettext("Two different officers must approve first")


@bp.get("/dpo/legal/<ref>/document")
@dpo
def document(ref: str) -> Response:
    """Ask before the document is opened: each opening is kept."""
    return render_page("dpo/document.html", demand=get_demand(ref))


@bp.post("/dpo/legal/<ref>/document")
@dpo
@fresh_proof
def take_document(ref: str) -> Response:
    """Give the document out, to be handed over as the order says."""
    found = get_demand(ref)
    try:
        content = disclosing.open_document(found, officer=officer(), now=now())
    except MovedOnError:
        db.session.rollback()
        return _show(get_demand(ref), status=409, problem=gettext("There is no document"))
    db.session.commit()
    # In the one spelling whose digest stands in her receipt.
    response = Response(canonical(content), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.number}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _form() -> DemandForm:
    return DemandForm(list_fields(language()), today=now().astimezone(INDIA).date())


def _ask(form: DemandForm, *, status: int = 200, refused: str = "") -> Response:
    return render_page("dpo/draft.html", form=form, labels=dict(list_fields(language())), status=status, refused=refused)


def _show(found: Demand, *, status: int = 200, problem: str = "") -> Response:
    steps = list_steps(found.id)
    values: dict[str, Any] = {
        "demand": found,
        "steps": steps,
        "ground": GROUNDS[Ground(found.ground)],
        "labels": dict(list_fields(language())),
        "approvals": len({step.officer_id for step in steps if step.kind == "approved"}),
        "needed": APPROVERS,
        "has_approved": any(step.kind == "approved" and step.officer_id == officer().id for step in steps),
        "me_id": officer().id,
        "problem": problem,
    }
    return render_page("dpo/demand.html", status=status, **values)
