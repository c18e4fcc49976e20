"""Fresh proof before what matters most: password and code again (step-up)."""

from typing import Any

from flask import Response
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.forms import ProofForm
from msewa.accounts.operations import proving, visits
from msewa.accounts.operations.throttling import TooManyTriesError
from msewa.accounts.routes.door import bp, device, me, refused, told_to_wait, wanted, with_token
from msewa.accounts.routes.passkeys import asked_for, find_fault
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.web.access import signed_in
from msewa.web.clock import now
from msewa.web.form_keys import once_in_steps
from msewa.web.pages import render_page

TEMPLATE = "accounts/step_up.html"
STEP_UP = "step-up"


@bp.route("/account/prove", methods=["GET", "POST"])
@signed_in
@once_in_steps
def step_up() -> AnyResponse:
    """Ask for password and code again; the visit then goes on under a new token."""
    form, person, moment = ProofForm(), me(), now()
    shown: dict[str, Any] = {"asked": asked_for(person, use=STEP_UP)}
    if not form.validate_on_submit():
        return render_page(TEMPLATE, form=form, status=422 if form.errors else 200, **shown)
    refusal = refuse_proof(TEMPLATE, form, **shown)
    if refusal is not None:
        return refusal
    record("account.proved_again", subject=person, actor=person.actor, now=moment)
    token = visits.prove_again(person.session_id, now=moment)
    return with_token(token, wanted(fallback="/account/security"))


def refuse_proof(template: str, form: ProofForm, **shown: Any) -> Response | None:
    """Return the page again with what is wrong about password or second factor; None when both are right. Commits the counted tries."""
    person, moment = me(), now()
    try:
        attempt = proving.try_own_password(person.id, device=device(), now=moment)
    except TooManyTriesError as error:
        return told_to_wait(template, form, form.password, error, now=moment, **shown)
    db.session.commit()
    if not attempt.is_right(form.password.data or "") or not proving.settle_password(attempt):
        db.session.rollback()
        return refused(template, form, form.password, gettext("This is not your password. Look again."), **shown)
    try:
        wrong = find_fault(form, person, use=STEP_UP)
    except TooManyTriesError as error:
        return told_to_wait(template, form, form.code, error, now=moment, **shown)
    db.session.commit()
    return refused(template, form, form.code, wrong, **shown) if wrong else None
