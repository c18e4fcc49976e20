"""Fresh proof before what matters most: password and code again (step-up)."""

from flask_babel import gettext
from werkzeug.wrappers import Response

from msewa.accounts.forms import ProofForm
from msewa.accounts.operations import proving, visits
from msewa.accounts.operations.throttling import TooManyTriesError
from msewa.accounts.routes.door import bp, device, me, refused, told_to_wait, wanted, with_token
from msewa.extensions import db
from msewa.ledger.operations import record
from msewa.web.access import signed_in
from msewa.web.clock import now
from msewa.web.pages import render_page

TEMPLATE = "accounts/step_up.html"


@bp.route("/account/prove", methods=["GET", "POST"])
@signed_in
def step_up() -> Response:
    """Ask for password and code again; the visit then goes on under a new token."""
    form = ProofForm()
    if not form.validate_on_submit():
        return render_page(TEMPLATE, form=form, status=422 if form.errors else 200)
    person, moment = me(), now()
    try:
        attempt = proving.try_own_password(person.id, device=device(), now=moment)
    except TooManyTriesError as error:
        return told_to_wait(TEMPLATE, form, form.password, error, now=moment)
    db.session.commit()
    if not attempt.is_right(form.password.data or ""):
        return refused(TEMPLATE, form, form.password, gettext("This is not your password. Look again."))
    proving.settle_password(attempt)
    try:
        bucket = proving.try_factor(person.id, device=device(), now=moment)
    except TooManyTriesError as error:
        return told_to_wait(TEMPLATE, form, form.code, error, now=moment)
    is_right = proving.accept_totp(person, form.code.data or "", bucket=bucket, now=moment)
    if is_right:
        record("account.proved_again", subject=person, actor=person.actor, now=moment)
    token = visits.prove_again(person.session_id, now=moment) if is_right else None
    db.session.commit()
    if token is None:
        wrong = gettext("This is not the code of this moment, or it was used before. Wait for the next one and write that.")
        return refused(TEMPLATE, form, form.code, wrong)
    return with_token(token, wanted(fallback="/account/security"))
