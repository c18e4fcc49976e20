"""Signing in by number, password and second factor; signing out."""

import re
from typing import Any, cast

from flask import Response, abort, current_app, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts import cookies
from msewa.accounts.forms import FactorForm, PaperForm, SignInForm
from msewa.accounts.operations import proving, visits
from msewa.accounts.operations.entering import begin_half, enter, leave
from msewa.accounts.operations.numbers import is_number_gone
from msewa.accounts.operations.resting import is_resting
from msewa.accounts.operations.telling import tell
from msewa.accounts.operations.throttling import TooManyTriesError
from msewa.accounts.operations.visits import Unfinished
from msewa.accounts.queries import find_pending_reset, get_role, get_subject, is_visit
from msewa.accounts.routes.door import bp, device, done, let_in, me, over_words, refused, suspect, told_to_wait, wanted, with_token
from msewa.accounts.routes.passkeys import asked_for, find_fault
from msewa.accounts.rules import Visit
from msewa.catalogue.queries import get_service
from msewa.crypto.tokens import token_hash
from msewa.extensions import db
from msewa.ledger.rules import Actor, Kind, Subject
from msewa.visits.security import Event
from msewa.web.access import public
from msewa.web.clock import now
from msewa.web.errors import NoSuchRowError
from msewa.web.form_keys import once_in_steps
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other

SIGN_IN = "sign-in"
SERVICE_PATH = re.compile(r"/services/([a-z0-9-]+)(?:[/?].*)?")


def wanted_service(path: str) -> str | None:
    """Return the name of the service that a path leads to, so that the page can say what one signs in for."""
    found = SERVICE_PATH.fullmatch(path)
    try:
        return get_service(found[1]).name[language()] if found else None
    except NoSuchRowError:
        return None


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@once_in_steps
def sign_in() -> AnyResponse:
    """Take number and password; the answer is the same, and takes as long, whether or not the number is known."""
    if current_user.is_authenticated:
        return see_other(wanted())
    form, template, target = SignInForm(), "accounts/sign_in.html", wanted()
    shown: dict[str, Any] = {"service": wanted_service(target), "target": target, "done": request.args.get("done"), "is_away": _was_away()}
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200, **shown)
    typed = form.password.data or ""
    try:
        attempt = proving.try_password(form.mobile_number, device=device(), now=now())
    except TooManyTriesError as error:
        return told_to_wait(template, form, form.password, error, now=now(), **shown)
    db.session.commit()
    is_right = attempt.is_right(typed)
    renewed = proving.new_hash_if_outdated(attempt, typed) if is_right else None
    if not is_right or attempt.account_id is None or not proving.settle_password(attempt, renewed=renewed):
        db.session.rollback()
        suspect(Event.SIGN_IN_FAILED)
        return refused(template, form, form.password, gettext("Number and password do not belong together. Look at both again."), **shown)
    token = begin_half(attempt.account_id, next_path=target, now=now())
    return with_token(token, url_for("accounts.sign_in_second_factor"))


def _was_away() -> bool:
    """Whether this browser still carries the token of a visit that we ended."""
    token = cookies.read("session")
    return token is not None and not is_visit(token_hash(token))


def half_signed_in() -> Unfinished:
    """Return the visit of somebody whose password was right; send everybody else to the beginning."""
    visit = visits.find(cookies.read("session"), kind=Visit.HALF, now=now())
    if visit is None:
        abort(_over() if request.method == "POST" else see_other(url_for("accounts.sign_in")))
    return visit


def _over() -> Response:
    form = SignInForm(formdata=None)
    shown: dict[str, Any] = {"service": None, "target": "/", "done": None, "is_away": False}
    return refused("accounts/sign_in.html", form, form.password, over_words(), **shown)


@bp.route("/sign-in/second-factor", methods=["GET", "POST"])
@public
@once_in_steps
def sign_in_second_factor() -> AnyResponse:
    """Take the code of the authenticator app, or a passkey's answer in its place."""
    visit = half_signed_in()
    form, template, subject = FactorForm(), "accounts/sign_in_second_factor.html", get_subject(visit.data["account"])
    shown: dict[str, Any] = {"asked": asked_for(subject, use=SIGN_IN)}
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200, **shown)
    try:
        wrong = find_fault(form, subject, use=SIGN_IN)
    except TooManyTriesError as error:
        return told_to_wait(template, form, form.code, error, now=now(), **shown)
    if wrong:
        suspect(Event.HALF_DONE)
        db.session.commit()
        return refused(template, form, form.code, wrong, **shown)
    return _finish(subject, visit=visit, way="passkey" if form.passkey.data else "authenticator")


@bp.route("/sign-in/recovery-code", methods=["GET", "POST"])
@public
@once_in_steps
def sign_in_recovery_code() -> AnyResponse:
    """Take a recovery code in place of the app's code."""
    visit = half_signed_in()
    form, template = PaperForm(), "accounts/sign_in_recovery_code.html"
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200)
    subject = get_subject(visit.data["account"])
    try:
        attempt = proving.try_paper(subject.id, counted_for=subject.id, device=device(), now=now())
    except TooManyTriesError as error:
        return told_to_wait(template, form, form.code, error, now=now())
    db.session.commit()
    code_id = attempt.find(form.code.data or "")
    if code_id is None or not proving.use_paper(attempt, code_id, now=now()):
        suspect(Event.HALF_DONE)
        db.session.rollback()
        return refused(template, form, form.code, gettext("This is not one of your paper keys, or it was used before."))
    tell(subject, "notice_code_used", now=now())
    return _finish(subject, visit=visit, way="recovery code")


def _finish(subject: Subject, *, visit: Unfinished, way: str) -> AnyResponse:
    if is_resting(subject.id):
        visit.data["proved"] = way
        visits.keep(visit)
        return done(url_for("accounts.come_back"))
    return go_in(subject, visit=visit, way=way)


def go_in(subject: Subject, *, visit: Unfinished, way: str) -> AnyResponse:
    """Sign in whoever has proven both factors, and lead her to what she must see first, or to where she wanted."""
    actor = Actor(Kind(get_role(subject.id)), subject.id)
    entered = enter(subject, actor=actor, device=device(), now=now(), way=way, led_by=visit.id)
    # Whoever signs in while a reset waits, or after her number was given up, must see it whatever she came for.
    waits = find_pending_reset(subject.id, now=now()) is not None or is_number_gone(subject.id)
    # A new version of the policy is shown on the way in, once (P10); whoever publishes it says so to this feature at start.
    # It comes first and leads on: whoever was away longest, and is asked for her number, would otherwise never see it.
    wanted = url_for("accounts.security") if waits else visit.data["next"]
    return let_in(entered, current_app.extensions["after_sign_in"](subject.id, wanted))


@bp.route("/sign-out", methods=["GET", "POST"])
@public
def sign_out() -> AnyResponse:
    """End this visit, or what was begun here to get one; say that signing out or removing the app deletes nothing (P62)."""
    if request.method == "GET":
        return render_page("accounts/sign_out.html")
    if current_user.is_authenticated:
        leave(me(), session_id=me().session_id, actor=me().actor, now=now())
    begun = visits.stop(cookies.read("session"))
    db.session.commit()
    where = "accounts.register_declined" if begun == Visit.ENROL else "accounts.sign_out"
    response = cast(Response, see_other(url_for(where)))
    cookies.take(response, "session")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
