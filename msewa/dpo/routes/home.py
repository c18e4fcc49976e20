"""The console's first page, and the cases that staff work on."""

from flask import Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from msewa.closure.queries import list_months
from msewa.closure.vault import is_key_there, is_nothing_overdue
from msewa.dpo.forms import CASES, CaseForm
from msewa.dpo.operations import cases as operations
from msewa.dpo.queries import count_carried_out, count_refused, list_breaches, list_cases, list_demands
from msewa.dpo.routes.blueprint import bp, done, officer
from msewa.dpo.rules import BOARD_WITHIN, Case, State
from msewa.grievances.queries import count_by_state, count_overdue
from msewa.ledger.queries import find_checkpoint
from msewa.web.access import dpo, form_on
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.pages import render_page


@bp.get("/dpo")
@dpo
def home() -> Response:
    """Show what waits, and the state of what guards the data."""
    moment = now()
    return render_page(
        "dpo/home.html",
        waiting=sum(count for state, count in count_by_state().items() if state in ("received", "looking")),
        overdue=count_overdue(now=moment),
        drafts=sum(demand.stage == State.DRAFT for demand in list_demands()),
        breaches=[breach for breach in list_breaches() if breach.is_open],
        board_within=BOARD_WITHIN,
        carried_out=sum(count_carried_out().values()),
        refused=sum(count_refused().values()),
        checkpoint=find_checkpoint(),
        months=list_months(),
        is_vault_well=is_key_there(now=moment) and is_nothing_overdue(now=moment),
        now=moment,
    )


@bp.get("/dpo/cases")
@dpo
def cases() -> Response:
    """List the cases and offer to open one."""
    return _show(CaseForm())


@bp.post("/dpo/cases")
@dpo
@once
def begin_case() -> AnyResponse:
    """Open a case."""
    form = CaseForm()
    if not form.validate():
        return _show(form, status=422)
    operations.open_case(Case(form.kind.data), officer=officer(), now=now())
    return done(url_for("dpo.cases"))


@bp.post("/dpo/cases/<ref>/close")
@dpo
@form_on("dpo.cases")
@once
def end_case(ref: str) -> AnyResponse:
    """Close a case: nothing is opened for it any more."""
    operations.close_case(ref, officer=officer(), now=now())
    return done(url_for("dpo.cases"))


def _show(form: CaseForm, *, status: int = 200) -> Response:
    return render_page("dpo/cases.html", form=form, rows=list_cases(), kinds=CASES, status=status)
