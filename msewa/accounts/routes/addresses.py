"""Changing the mobile number, adding or changing the e-mail address: each is proven before it counts."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from msewa.accounts.forms import CodeForm, EmailForm, MobileForm
from msewa.accounts.operations import bounds, codes, securing, visits
from msewa.accounts.operations.codes import CodeSpentError, Errand
from msewa.accounts.operations.numbers import is_kept
from msewa.accounts.operations.throttling import TooManyTriesError
from msewa.accounts.queries import find_email_owner, get_contact
from msewa.accounts.routes.door import bp, done, me, over_words, refused, told_to_wait
from msewa.extensions import db
from msewa.web.access import fresh_proof, signed_in
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.pages import render_page, see_other

VERIFY = {"mobile": "accounts/verify_mobile.html", "email": "accounts/verify_email.html"}


@bp.route("/account/mobile", methods=["GET", "POST"])
@signed_in
@fresh_proof
@once
def change_mobile() -> Response:
    """Ask for a new number, and say what to do when one gives a number up (P66)."""
    form, template = MobileForm(), "accounts/change_mobile.html"
    shown: dict[str, Any] = {"mobile": get_contact(me()).mobile}
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200, **shown)
    errand = Errand(form.mobile_number, "sms", me().language, "code_mobile")
    # Her own too, while it is in doubt: the code that reaches her there confirms it.
    return _send(errand, is_taken=is_kept(errand.to, now=now()), page=(template, form, form.mobile, shown))


@bp.route("/account/email", methods=["GET", "POST"])
@signed_in
@fresh_proof
@once
def change_email() -> Response:
    """Ask for an e-mail address, which nobody has to give."""
    form, template = EmailForm(), "accounts/change_email.html"
    shown: dict[str, Any] = {"email": get_contact(me()).email}
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200, **shown)
    errand = Errand(form.address, "email", me().language, "code_email")
    return _send(errand, is_taken=find_email_owner(errand.to) is not None, page=(template, form, form.email, shown))


def _send(errand: Errand, *, is_taken: bool, page: tuple[str, Any, Any, dict[str, Any]]) -> Response:
    person = me()
    field = "mobile" if errand.channel == "sms" else "email"
    template, form, input_field, shown = page
    try:
        bounds.take_sending(person.id, errand.channel, now=now())
        codes.send_code(person.session_id, errand, now=now(), instead="address_taken" if is_taken else None)
    except TooManyTriesError as error:
        db.session.rollback()
        return told_to_wait(template, form, input_field, error, now=now(), **shown)
    visits.put_aside(person.session_id, {field: errand.to}, key=person.key)
    return done(url_for(f"accounts.verify_{field}"))


@bp.route("/account/mobile/verify", methods=["GET", "POST"])
@signed_in
@fresh_proof
@once
def verify_mobile() -> Response:
    """Take the code that went to the new number."""
    return _verify("mobile")


@bp.route("/account/email/verify", methods=["GET", "POST"])
@signed_in
@fresh_proof
@once
def verify_email() -> Response:
    """Take the code that went to the new e-mail address."""
    return _verify("email")


def _verify(field: str) -> Response:
    person, form, template = me(), CodeForm(), VERIFY[field]
    value = visits.find_aside(person.session_id, key=person.key).get(field)
    if value is None:
        return _over(field) if request.method == "POST" else see_other(url_for(f"accounts.change_{field}"))
    shown = {"value": value}
    if request.method == "GET" or not form.validate():
        return render_page(template, form=form, status=422 if form.errors else 200, **shown)
    try:
        is_right = codes.accept_code(person.session_id, form.code.data or "", purpose=f"code_{field}", now=now())
    except CodeSpentError:
        return refused(template, form, form.code, gettext("This code is over. Ask for a new one."), **shown)
    if not is_right:
        db.session.commit()
        return refused(template, form, form.code, gettext("This is not the code we sent last. Look again."), **shown)
    return _change(field, value)


def _over(field: str) -> Response:
    contact = get_contact(me())
    if field == "email":
        form = EmailForm(formdata=None)
        return refused("accounts/change_email.html", form, form.email, over_words(), email=contact.email)
    form = MobileForm(formdata=None)
    return refused("accounts/change_mobile.html", form, form.mobile, over_words(), mobile=contact.mobile)


def _change(field: str, value: str) -> Response:
    person = me()
    visits.put_aside(person.session_id, None, key=person.key)
    try:
        securing.change_address(person, field=field, value=value, actor=person.actor, now=now())
    except IntegrityError:
        db.session.rollback()
        form, taken = CodeForm(formdata=None), gettext("Somebody else has proven this as theirs a moment ago. Put in another one.")
        return refused(VERIFY[field], form, form.code, taken, value=value)
    return done(url_for("accounts.security", done=field))
