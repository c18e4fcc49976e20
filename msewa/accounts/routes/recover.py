"""Getting back in: what was lost, and proof by what is left."""

from datetime import datetime
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from msewa.accounts.factors import new_secret
from msewa.accounts.forms import CodeForm, EitherKeyForm, LostForm, LostPhoneForm
from msewa.accounts.operations import bounds, codes, proving, resets, visits
from msewa.accounts.operations.codes import CodeSpentError, Errand
from msewa.accounts.operations.proving import PaperTry, PasswordTry
from msewa.accounts.operations.resets import DormantError
from msewa.accounts.operations.telling import tell
from msewa.accounts.operations.throttling import TooManyTriesError
from msewa.accounts.operations.visits import Unfinished
from msewa.accounts.queries import find_account_id, find_pending_reset, get_subject
from msewa.accounts.routes.door import bp, device, find_unfinished, over_words, refused, suspect, told_to_wait, with_token
from msewa.accounts.rules import Visit
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.visits.security import Event
from msewa.web.access import public
from msewa.web.clock import now
from msewa.web.form_keys import once, once_in_steps
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other

CODE = "code_recover"


def recovery_at(*steps: str) -> Unfinished:
    """Return the recovery that this browser is in the middle of, if it is at one of these steps; else begin again."""
    visit = find_unfinished(Visit.RECOVER)
    if visit is None or visit.data["step"] not in steps:
        abort(_over() if request.method == "POST" else see_other(url_for("accounts.recover")))
    return visit


def _over() -> Response:
    form = LostForm(formdata=None)
    return refused("accounts/recover.html", form, form.mobile, over_words(), why=None)


def go_on(visit: Unfinished, step: str, endpoint: str) -> Response:
    """Note that something was proven, and send the browser to the next step under a new token."""
    visit.data["step"] = step
    visits.keep(visit, account_id=visit.data["account"])
    token = visits.renew(visit)
    return with_token(token, url_for(endpoint))


@bp.route("/recover", methods=["GET", "POST"])
@public
@once
def recover() -> Response:
    """Ask for the number and what was lost; the answer is the same whether or not the number is known."""
    form, template = LostForm(), "accounts/recover.html"
    shown: dict[str, Any] = {"why": request.args.get("why")}
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200, **shown)
    lost, has_phone = form.lost.data, form.lost.data == "phone"
    # Whose number it is, if anybody's, is looked up when something is proven: what anybody may type names no account.
    data = {"mobile": form.mobile_number, "lost": lost, "step": "phone" if has_phone else "verify", "secret": new_secret()}
    visit_id, token = visits.begin(Visit.RECOVER, data=data, now=now())
    try:
        if not has_phone:
            errand = Errand(form.mobile_number, "sms", language(), CODE)
            is_known = find_account_id(mobile=form.mobile_number) is not None
            bounds.hold_brake(now=now())
            codes.send_code(visit_id, errand, now=now(), instead=None if is_known else "no_account")
    except TooManyTriesError as error:
        db.session.rollback()
        return told_to_wait(template, form, form.mobile, error, now=now(), **shown)
    return with_token(token, url_for("accounts.recover_phone" if has_phone else "accounts.recover_verify"))


@bp.route("/recover/phone", methods=["GET", "POST"])
@public
@once_in_steps
def recover_phone() -> Response:
    """Take password and recovery code of somebody whose phone is gone."""
    visit = recovery_at("phone")
    form, template = LostPhoneForm(), "accounts/recover_phone.html"
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200)
    mobile, moment = visit.data["mobile"], now()
    try:
        attempt = proving.try_password(mobile, device=device(), now=moment)
        paper = proving.try_paper(attempt.account_id, counted_for=mobile, device=device(), now=moment)
    except TooManyTriesError as error:
        db.session.rollback()
        return told_to_wait(template, form, form.password, error, now=moment)
    db.session.commit()
    # Both are always tried, so that neither the answer nor its time tells which one was wrong.
    is_right, code_id = attempt.is_right(form.password.data or ""), paper.find(form.code.data or "")
    if not is_right or code_id is None or not _settle(attempt, paper, code_id=code_id):
        suspect(Event.SIGN_IN_FAILED)
        db.session.rollback()
        wrong = gettext("Number, password and paper key do not belong together. Look at all three again.")
        return refused(template, form, form.code, wrong)
    visit.data["account"] = attempt.account_id
    tell(proving.subject_of(attempt), "notice_code_used", now=moment)
    return go_on(visit, "factor", "accounts.recover_second_factor")


def _settle(attempt: PasswordTry, paper: PaperTry, *, code_id: str) -> bool:
    return proving.use_paper(paper, code_id, now=now()) and proving.settle_password(attempt)


@bp.route("/recover/verify", methods=["GET", "POST"])
@public
@once
def recover_verify() -> Response:
    """Take the code that proves the number; alone it opens nothing (P66, P75)."""
    visit = recovery_at("verify")
    form, template = CodeForm(), "accounts/recover_verify.html"
    shown = {"mobile": visit.data["mobile"]}
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200, **shown)
    try:
        is_right = codes.accept_code(visit.id, form.code.data or "", purpose=CODE, now=now())
    except CodeSpentError:
        return refused(template, form, form.code, gettext("This code is over. Ask for a new one."), **shown)
    if not is_right:
        db.session.commit()
        return refused(template, form, form.code, gettext("This is not the code we sent last. Look again."), **shown)
    visit.data["account"] = find_account_id(mobile=visit.data["mobile"])
    if visit.data["account"] is None:  # it ended, or moved to another number, since the code was sent
        abort(see_other(url_for("accounts.recover")))
    if visit.data["lost"] == "password":
        return go_on(visit, "prove", "accounts.recover_prove")
    return _wait_or_begin_anew(visit, get_subject(visit.data["account"]))


def _wait_or_begin_anew(visit: Unfinished, subject: Subject) -> Response:
    pending = find_pending_reset(subject.id, now=now())
    if pending is not None and now() >= pending.ready_at:
        return go_on(visit, "password", "accounts.recover_password")
    try:
        begun = resets.begin_reset(subject, now=now())
        soonest = resets.find_soonest(begun)
        visit.data |= {"ready_at": begun.ready_at.isoformat(), "soonest": soonest.isoformat() if soonest else None}
    except DormantError:
        return go_on(visit, "dormant", "accounts.recover_waiting")
    return go_on(visit, "waiting", "accounts.recover_waiting")


@bp.route("/recover/prove", methods=["GET", "POST"])
@public
@once_in_steps
def recover_prove() -> Response:
    """Take the second factor of somebody who forgot the password: a code of the app, or a recovery code."""
    visit = recovery_at("prove")
    form, template = EitherKeyForm(), "accounts/recover_prove.html"
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200)
    try:
        is_right = _accepts_either(get_subject(visit.data["account"]), form.code.data or "")
    except TooManyTriesError as error:
        return told_to_wait(template, form, form.code, error, now=now())
    if not is_right:
        suspect(Event.HALF_DONE)
        db.session.commit()
        return refused(template, form, form.code, gettext("This code is not right, or it was used before."))
    return go_on(visit, "password", "accounts.recover_password")


def _accepts_either(subject: Subject, code: str) -> bool:
    if len(code) == 6:
        bucket = proving.try_factor(subject.id, device=device(), now=now())
        return proving.accept_totp(subject, code, bucket=bucket, now=now())
    attempt = proving.try_paper(subject.id, counted_for=subject.id, device=device(), now=now())
    db.session.commit()
    code_id = attempt.find(code)
    if code_id is None or not proving.use_paper(attempt, code_id, now=now()):
        return False
    tell(subject, "notice_code_used", now=now())
    return True


@bp.get("/recover/waiting")
@public
def recover_waiting() -> Response:
    """Say until when a reset waits, or that the number alone is not enough any more."""
    data = recovery_at("waiting", "dormant").data
    ready_at, soonest = (datetime.fromisoformat(data[name]) if data.get(name) else None for name in ("ready_at", "soonest"))
    return render_page("accounts/recover_waiting.html", visit=data, ready_at=ready_at, soonest=soonest)
