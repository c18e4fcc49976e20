"""Changing password, authenticator app and recovery codes."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from msewa.accounts.factors import matching_step, new_recovery_codes, new_secret
from msewa.accounts.forms import ChangePasswordForm, CodeForm
from msewa.accounts.operations import proving, securing, visits
from msewa.accounts.operations.hashing import hash_codes, hash_password
from msewa.accounts.operations.throttling import TooManyTriesError
from msewa.accounts.queries import get_contact
from msewa.accounts.routes.door import as_text, bp, device, done, me, refused, shown_secret, told_to_wait
from msewa.accounts.rules import RECOVERY_CODES
from msewa.extensions import db, writing
from msewa.web.access import fresh_proof, signed_in
from msewa.web.clock import now
from msewa.web.form_keys import once_in_steps
from msewa.web.pages import render_page


@bp.route("/account/password", methods=["GET", "POST"])
@signed_in
@once_in_steps
def change_password() -> Response:
    """Take a new password against the one of today."""
    form, template, person = ChangePasswordForm(), "accounts/change_password.html", me()
    contact = get_contact(person)
    form.about_her = (contact.full_name, contact.mobile[3:])
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200)
    try:
        attempt = proving.try_own_password(person.id, device=device(), now=now())
    except TooManyTriesError as error:
        return told_to_wait(template, form, form.password, error, now=now())
    db.session.commit()
    is_right = attempt.is_right(form.password.data or "")
    hashed = hash_password(form.new_password.data or "", account_id=person.id) if is_right else b""
    if not is_right or not proving.settle_password(attempt):
        db.session.rollback()
        return refused(template, form, form.password, gettext("This is not your password. Look again."))
    securing.change_password(person, hashed=hashed, but=person.session_id, actor=person.actor, now=now())
    return done(url_for("accounts.security", done="password"))


@bp.route("/account/second-factor", methods=["GET", "POST"])
@signed_in
@fresh_proof
@once_in_steps
def change_factor() -> Response:
    """Bind a new authenticator app; the old one works until its first code is here."""
    form, person = CodeForm(), me()
    aside = visits.find_aside(person.session_id, key=person.key)
    if "secret" not in aside:
        aside = _put_aside({"secret": new_secret()})
    shown = shown_secret(aside["secret"], mobile=get_contact(person).mobile)
    if not form.validate_on_submit():
        return render_page("accounts/change_factor.html", form=form, status=422 if form.errors else 200, **shown)
    step = matching_step(form.code.data or "", secret=aside["secret"], now=now())
    if step is None:
        wrong = gettext("This is not the code of this moment. Wait for the next one and write that.")
        return refused("accounts/change_factor.html", form, form.code, wrong, **shown)
    visits.put_aside(person.session_id, None, key=person.key)
    secret = aside["secret"]
    securing.change_factor(person, secret=secret, last_step=step, but=person.session_id, actor=person.actor, now=now())
    return done(url_for("accounts.security", done="factor"))


def _put_aside(data: dict[str, Any]) -> dict[str, Any]:
    person = me()
    db.session.rollback()
    with writing():
        visits.put_aside(person.session_id, data, key=person.key)
        db.session.commit()
    return data


@bp.route("/account/recovery-codes", methods=["GET", "POST"])
@signed_in
@fresh_proof
@once_in_steps
def renew_codes() -> Response:
    """Make ten new recovery codes, show them, and forget their words when she says that they are kept."""
    person = me()
    aside = visits.find_aside(person.session_id, key=person.key)
    if request.method == "GET" and "codes" in aside:
        return as_text(aside["codes"]) if request.args.get("as") == "text" else _show(aside["codes"])
    if request.method == "GET":
        return render_page("accounts/renew_codes.html")
    if "kept" in request.form:
        visits.put_aside(person.session_id, None, key=person.key)
        return done(url_for("accounts.security", done="codes"))
    fresh = new_recovery_codes(RECOVERY_CODES)
    db.session.rollback()
    hashes = hash_codes(fresh, account_id=person.id)
    securing.renew_codes(person, hashes=hashes, actor=person.actor, now=now())
    visits.put_aside(person.session_id, {"codes": fresh}, key=person.key)
    return done(url_for("accounts.renew_codes"))


def _show(codes: list[str]) -> Response:
    return render_page("accounts/renewed_codes.html", codes=codes)
