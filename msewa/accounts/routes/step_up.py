"""Fresh proof before what matters most: password and code again (step-up)."""

from typing import Any

from flask_babel import gettext
from werkzeug.wrappers import Response

from msewa.accounts.forms import ProofForm
from msewa.accounts.operations import proving, visits
from msewa.accounts.operations.throttling import TooManyTriesError
from msewa.accounts.routes.door import bp, device, me, refused, told_to_wait, wanted, with_token
from msewa.accounts.routes.passkeys import asked_for, find_fault
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.web.access import signed_in
from msewa.web.clock import now
from msewa.web.pages import render_page

TEMPLATE = "accounts/step_up.html"
STEP_UP = "step-up"


@bp.route("/account/prove", methods=["GET", "POST"])
@signed_in
def step_up() -> Response:
    """Ask for password and code again; the visit then goes on under a new token."""
    form, person, moment = ProofForm(), me(), now()
    shown: dict[str, Any] = {"asked": asked_for(person, use=STEP_UP)}
    if not form.validate_on_submit():
        return render_page(TEMPLATE, form=form, status=422 if form.errors else 200, **shown)
    try:
        attempt = proving.try_own_password(person.id, device=device(), now=moment)
    except TooManyTriesError as error:
        return told_to_wait(TEMPLATE, form, form.password, error, now=moment, **shown)
    db.session.commit()
    if not attempt.is_right(form.password.data or ""):
        return refused(TEMPLATE, form, form.password, gettext("This is not your password. Look again."), **shown)
    proving.settle_password(attempt)
    try:
        wrong = find_fault(form, person, use=STEP_UP)
    except TooManyTriesError as error:
        return told_to_wait(TEMPLATE, form, form.code, error, now=moment, **shown)
    if wrong:
        db.session.commit()
        return refused(TEMPLATE, form, form.code, wrong, **shown)
    record("account.proved_again", subject=person, actor=person.actor, now=moment)
    token = visits.prove_again(person.session_id, now=moment)
    db.session.commit()
    return with_token(token, wanted(fallback="/account/security"))
