"""Getting back in: new password, new second factor, new recovery codes; and the way to stop a reset."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from msewa.accounts.factors import matching_step, new_recovery_codes
from msewa.accounts.forms import CodeForm, KeptForm, NewPasswordForm
from msewa.accounts.links import AGREE_RESET, CANCEL_RESET, read_link
from msewa.accounts.operations import passkeys, resets, securing, visits
from msewa.accounts.operations.entering import Entered, begin_half, enter
from msewa.accounts.operations.hashing import hash_codes, hash_password
from msewa.accounts.operations.resets import ResetGoneError
from msewa.accounts.operations.resting import is_resting
from msewa.accounts.operations.visits import Unfinished
from msewa.accounts.queries import get_contact, get_role, get_subject
from msewa.accounts.routes.door import as_text, bp, device, done, let_in, link_over, refused, shown_secret, with_token
from msewa.accounts.routes.recover import go_on, recovery_at
from msewa.accounts.rules import RECOVERY_CODES
from msewa.crypto.tokens import LinkError
from msewa.extensions import db
from msewa.ledger.rules import VISITOR, Actor, Kind, Subject
from msewa.web.access import public
from msewa.web.clock import now
from msewa.web.form_keys import once, once_in_steps
from msewa.web.pages import render_page, see_other

WAY = "recovery"


def _actor(subject: Subject) -> Actor:
    return Actor(Kind(get_role(subject.id)), subject.id)


@bp.route("/recover/password", methods=["GET", "POST"])
@public
@once_in_steps
def recover_password() -> Response:
    """Take a new password, once something else than the number is proven."""
    visit = recovery_at("password")
    form, subject = NewPasswordForm(), get_subject(visit.data["account"])
    contact = get_contact(subject)
    form.about_her = (contact.full_name, contact.mobile[3:])
    if not form.validate_on_submit():
        return render_page("accounts/recover_password.html", form=form, status=422 if form.errors else 200)
    # Hashing takes long on purpose, and nobody else should wait for it.
    db.session.rollback()
    hashed = hash_password(form.new_password.data or "", account_id=subject.id)
    if visit.data["lost"] == "everything":
        visit.data["password"] = hashed.hex()
        return go_on(visit, "factor", "accounts.recover_second_factor")
    securing.change_password(subject, hashed=hashed, but=visit.id, actor=_actor(subject), now=now())
    visits.use_up(visit.id, account_id=subject.id)
    return done(url_for("accounts.sign_in", done="password"))


@bp.route("/recover/second-factor", methods=["GET", "POST"])
@public
@once_in_steps
def recover_second_factor() -> Response:
    """Bind a new authenticator app."""
    visit = recovery_at("factor")
    secret = visit.data["secret"]
    form, shown = CodeForm(), shown_secret(secret, mobile=visit.data["mobile"])
    if not form.validate_on_submit():
        return render_page("accounts/recover_second_factor.html", form=form, status=422 if form.errors else 200, **shown)
    step = matching_step(form.code.data or "", secret=secret, now=now())
    if step is None:
        wrong = gettext("This is not the code of this moment. Wait for the next one and write that.")
        return refused("accounts/recover_second_factor.html", form, form.code, wrong, **shown)
    visit.data["last_step"] = step
    if visit.data["lost"] == "everything":
        return _to_codes(visit)
    subject = get_subject(visit.data["account"])
    securing.change_factor(subject, secret=secret, last_step=step, but=visit.id, actor=_actor(subject), now=now())
    passkeys.forget_all(subject.id)  # those on the phone that is gone, and which they are nobody knows
    return _let_in(subject, led_by=visit.id)


def _to_codes(visit: Unfinished) -> Response:
    db.session.rollback()
    fresh = new_recovery_codes(RECOVERY_CODES)
    hashes = [hashed.hex() for hashed in hash_codes(fresh, account_id=visit.data["account"])]
    visit.data |= {"codes": fresh, "hashes": hashes}
    return go_on(visit, "codes", "accounts.recover_codes")


@bp.route("/recover/recovery-codes", methods=["GET", "POST"])
@public
@once
def recover_codes() -> Response:
    """Show ten new recovery codes; when they are kept, everything new takes the place of everything old."""
    visit = recovery_at("codes")
    data: dict[str, Any] = visit.data
    if request.args.get("as") == "text":
        return as_text(data["codes"])
    form = KeptForm()
    if not form.validate_on_submit():
        return render_page("accounts/recover_codes.html", form=form, status=422 if form.errors else 200, codes=data["codes"])
    subject = get_subject(data["account"])
    try:
        _renew(subject, data)
    except ResetGoneError:
        db.session.rollback()
        return see_other(url_for("accounts.recover"))
    return _let_in(subject, led_by=None)  # the reset was what led here, and its visit ended with all the others


def _renew(subject: Subject, data: dict[str, Any]) -> None:
    resets.finish_reset(
        subject,
        password=bytes.fromhex(data["password"]),
        secret=data["secret"],
        last_step=data["last_step"],
        code_hashes=[bytes.fromhex(hashed) for hashed in data["hashes"]],
        actor=_actor(subject),
        now=now(),
    )


def _let_in(subject: Subject, *, led_by: str | None) -> Response:
    target = url_for("accounts.security", done="factor")
    if is_resting(subject.id):
        return _to_come_back(subject, led_by=led_by, target=target)
    entered: Entered = enter(subject, actor=_actor(subject), device=device(), now=now(), way=WAY, led_by=led_by)
    return let_in(entered, target)


def _to_come_back(subject: Subject, *, led_by: str | None, target: str) -> Response:
    """Ask whether the account that rests shall be used again: a visit begun now would come alive on the day it is woken."""
    if led_by is not None:
        visits.use_up(led_by, account_id=subject.id)
    return with_token(begin_half(subject.id, next_path=target, now=now(), proved=WAY), url_for("accounts.come_back"))


@bp.route("/recover/cancel/<token>", methods=["GET", "POST"])
@public
@once
def recover_cancel(token: str) -> Response:
    """Open the link that stops a delayed reset; the button does it, and no sign-in is needed."""
    try:
        reset_id = read_link(token, purpose=CANCEL_RESET, now=now())
    except LinkError as error:
        return link_over(error)
    if request.method == "GET" and resets.is_running(reset_id):
        return render_page("accounts/recover_cancel.html")
    if not (request.method == "POST" and resets.cancel_reset(reset_id, actor=VISITOR, now=now())):
        return render_page("accounts/recover_over.html", status=404)
    return done(url_for("accounts.recover_cancelled"))


@bp.route("/recover/agree/<token>", methods=["GET", "POST"])
@public
@once
def recover_agree(token: str) -> Response:
    """Open the link that went to the e-mail address alone; its button shortens the wait, and opens nothing by itself (P66)."""
    try:
        reset_id = read_link(token, purpose=AGREE_RESET, now=now())
    except LinkError as error:
        return link_over(error)
    if request.method == "GET" and resets.is_running(reset_id):
        return render_page("accounts/recover_agree.html")
    if not (request.method == "POST" and resets.agree_to_reset(reset_id, now=now())):
        return render_page("accounts/recover_over.html", status=404)
    return done(url_for("accounts.recover", why="agreed"))


@bp.get("/recover/cancelled")
@public
def recover_cancelled() -> Response:
    """Say that nothing has changed."""
    return render_page("accounts/recover_cancelled.html")
