"""Opening an account: notice, name and number, the code that proves the number, password."""

from typing import Any

from flask import abort, current_app, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from msewa.accounts.factors import new_secret
from msewa.accounts.forms import CodeForm, DetailsForm, PasswordForm
from msewa.accounts.operations import bounds, codes, visits
from msewa.accounts.operations.codes import CodeSpentError, Errand
from msewa.accounts.operations.hashing import hash_password
from msewa.accounts.operations.numbers import is_kept
from msewa.accounts.operations.opening import new_account_id
from msewa.accounts.operations.throttling import TooManyTriesError
from msewa.accounts.operations.visits import Unfinished
from msewa.accounts.routes.door import bp, done, find_unfinished, over_words, refused, told_to_wait, waiting_words, wanted, with_token
from msewa.accounts.rules import Visit
from msewa.extensions import db
from msewa.web.access import form_on, public
from msewa.web.clock import now
from msewa.web.form_keys import once, once_in_steps
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other

# A step is open once what stands before it is there, and shut again once its own fact is.
STEPS = (
    ("mobile", "accounts.register_details"),
    ("verified", "accounts.register_verify"),
    ("password", "accounts.register_password"),
    ("last_step", "accounts.second_factor"),
)


def enrolment_at(*endpoints: str) -> Unfinished:
    """Return the registration that this browser is in the middle of; send it to the step that is due, if that is another."""
    visit = find_unfinished(Visit.ENROL)
    if visit is None:
        abort(_begin([(None, over_words())]) if request.method == "POST" else see_other(url_for("accounts.register")))
    steps = [] if "opened" in visit.data else STEPS
    due = next((step for fact, step in steps if not visit.data.get(fact)), "accounts.recovery_codes")
    if due not in endpoints:
        abort(see_other(url_for(due)))
    return visit


@bp.route("/register", methods=["GET", "POST"])
@public
@once
def register() -> Response:
    """Show everything an account would keep, and take a yes or a no; a no leaves no trace (P35)."""
    if current_user.is_authenticated:
        return see_other(wanted())
    answer = request.form.get("answer")
    if request.method == "POST" and answer == "no":
        return see_other(url_for("accounts.register_declined"))
    if request.method == "POST" and answer == "yes":
        _, token = visits.begin(Visit.ENROL, data=_consented(_notice()), now=now())
        return with_token(token, url_for("accounts.register_details"))
    wrong = [(None, gettext("Say yes or no"))] if request.method == "POST" else []
    return _begin(wrong)


def _begin(wrong: list[tuple[None, str]]) -> Response:
    return render_page("accounts/register.html", notice=_notice(), target=wanted(), wrong=wrong, status=422 if wrong else 200)


def _notice() -> Any:
    # Published texts belong to a feature above this one, which hands in the one that holds now.
    return current_app.extensions["registration_notice"](language())


def _consented(shown: Any) -> dict[str, Any]:
    notice = {"version": shown.version, "language": shown.language, "digest": shown.sha256}
    return {"account": new_account_id(), "notice": notice, "language": language(), "next": wanted()}


@bp.get("/register/declined")
@public
def register_declined() -> Response:
    """Say what works without an account."""
    return render_page("accounts/register_declined.html")


@bp.route("/register/details", methods=["GET", "POST"])
@public
@once
def register_details() -> Response:
    """Ask for name and mobile number, and why; send a code to the number."""
    visit = enrolment_at("accounts.register_details", "accounts.register_verify")  # a wrong number can be put right
    form = DetailsForm(data=visit.data)
    if not form.validate_on_submit():
        return render_page("accounts/register_details.html", form=form, status=422 if form.errors else 200)
    visit.data |= {"full_name": form.full_name.data, "mobile": form.mobile_number, "language": language()}
    try:
        _send(visit)
    except TooManyTriesError as error:
        db.session.rollback()
        return told_to_wait("accounts/register_details.html", form, form.mobile, error, now=now())
    return done(url_for("accounts.register_verify"))


def _send(visit: Unfinished) -> None:
    mobile = visit.data["mobile"]
    visit.data["numbers"] = bounds.with_number(visit.data.get("numbers", []), mobile, visit_id=visit.id)
    visits.keep(visit)
    bounds.hold_brake(now=now())
    errand = Errand(to=mobile, channel="sms", language=visit.data["language"], purpose="code_register")
    # Whoever types somebody else's number sees the same page; its owner is told that there is an account.
    codes.send_code(visit.id, errand, now=now(), instead="account_exists" if is_kept(mobile, now=now()) else None)


@bp.route("/register/verify", methods=["GET", "POST"])
@public
@once
def register_verify() -> Response:
    """Take the code that proves the number."""
    visit = enrolment_at("accounts.register_verify")
    form, template, shown = CodeForm(), "accounts/register_verify.html", {"mobile": visit.data["mobile"]}
    if not form.validate_on_submit():
        return render_page(template, form=form, status=422 if form.errors else 200, **shown)
    try:
        is_right = codes.accept_code(visit.id, form.code.data or "", purpose="code_register", now=now())
    except CodeSpentError:
        return refused(template, form, form.code, gettext("This code is over. Ask for a new one."), **shown)
    if not is_right:
        db.session.commit()
        return refused(template, form, form.code, gettext("This is not the code we sent last. Look again."), **shown)
    visit.data["verified"] = True
    visits.keep(visit)
    return with_token(visits.renew(visit), url_for("accounts.register_password"))


@bp.post("/register/resend-code")
@public
@form_on("accounts.register_verify")
@once
def register_resend_code() -> Response:
    """Send another code to the same number."""
    visit = enrolment_at("accounts.register_verify")
    try:
        _send(visit)
    except TooManyTriesError as error:
        db.session.rollback()
        wrong = [(None, waiting_words(error, now=now()))]
        shown: dict[str, Any] = {"mobile": visit.data["mobile"], "wrong": wrong}
        return render_page("accounts/register_verify.html", form=CodeForm(formdata=None), status=429, **shown)
    return done(url_for("accounts.register_verify"))


@bp.route("/register/password", methods=["GET", "POST"])
@public
@once_in_steps
def register_password() -> Response:
    """Take a password, and say what makes a good one."""
    visit = enrolment_at("accounts.register_password")
    form = PasswordForm()
    form.about_her = (visit.data["full_name"], visit.data["mobile"][3:])
    if not form.validate_on_submit():
        return render_page("accounts/register_password.html", form=form, status=422 if form.errors else 200)
    # Hashing takes long on purpose, and nobody else should wait for it.
    db.session.rollback()
    hashed = hash_password(form.password.data or "", account_id=visit.data["account"])
    visit.data |= {"password": hashed.hex(), "secret": new_secret()}
    visits.keep(visit)
    return done(url_for("accounts.second_factor"))
