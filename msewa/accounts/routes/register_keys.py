"""Opening an account: the authenticator app, whose first code opens it, and the recovery codes."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from msewa.accounts import cookies
from msewa.accounts.factors import matching_step, new_recovery_codes
from msewa.accounts.forms import CodeForm, KeptForm
from msewa.accounts.operations import visits
from msewa.accounts.operations.entering import Entered, enter
from msewa.accounts.operations.hashing import hash_codes
from msewa.accounts.operations.opening import Notice, Opening, open_account
from msewa.accounts.operations.visits import Unfinished
from msewa.accounts.people import Person
from msewa.accounts.queries import get_subject
from msewa.accounts.routes.door import as_text, bp, device, let_in, me, refused, shown_secret
from msewa.accounts.routes.register import enrolment_at
from msewa.accounts.rules import RECOVERY_CODES, Visit
from msewa.extensions import db, writing
from msewa.ledger.rules import Actor, Kind
from msewa.web import form_keys
from msewa.web.access import public
from msewa.web.clock import now
from msewa.web.form_keys import once, once_in_steps
from msewa.web.pages import render_page, see_other


@bp.route("/register/second-factor", methods=["GET", "POST"])
@public
@once_in_steps
def second_factor() -> Response:
    """Show the secret for an authenticator app; its first code is the last thing to prove, and opens the account."""
    visit = enrolment_at("accounts.second_factor")
    form, secret = CodeForm(), visit.data["secret"]
    shown = shown_secret(secret, mobile=visit.data["mobile"])
    if not form.validate_on_submit():
        return render_page("accounts/second_factor.html", form=form, status=422 if form.errors else 200, **shown)
    step = matching_step(form.code.data or "", secret=secret, now=now())
    if step is None:
        wrong = gettext("This is not the code of this moment. Wait for the next one and write that.")
        return refused("accounts/second_factor.html", form, form.code, wrong, **shown)
    # Hashing ten codes takes a while, and nobody else should wait for it.
    db.session.rollback()
    fresh = new_recovery_codes(RECOVERY_CODES)
    hashes = [hashed.hex() for hashed in hash_codes(fresh, account_id=visit.data["account"])]
    visit.data |= {"last_step": step, "codes": fresh, "hashes": hashes}
    try:
        _open(visit)
    except IntegrityError:
        db.session.rollback()
        return see_other(_after_collision())
    return _let_in(visit)


def _open(visit: Unfinished) -> None:
    data: dict[str, Any] = visit.data
    notice = data["notice"]
    opening = Opening(
        id=data["account"],
        full_name=data["full_name"],
        mobile=data["mobile"],
        password=bytes.fromhex(data["password"]),
        totp_secret=data["secret"],
        recovery_hashes=[bytes.fromhex(hashed) for hashed in data["hashes"]],
        language=data["language"],
        last_step=data["last_step"],
        notice=Notice(notice["version"], notice["language"], bytes.fromhex(notice["digest"])),
    )
    open_account(opening, now=now())


def _after_collision() -> str:
    # The same press twice, or the number got an account meanwhile, in another window or by another person.
    visit = visits.find(cookies.read("session"), kind=Visit.ENROL, now=now())
    is_open = visit is not None and "opened" in visit.data
    return url_for("accounts.recovery_codes") if is_open else url_for("accounts.sign_in", done="taken")


def _let_in(visit: Unfinished) -> Response:
    subject = get_subject(visit.data["account"])
    entered = enter(subject, actor=Actor(Kind.CITIZEN, subject.id), device=device(), now=now(), way="registration")
    session_id = visits.get_id(entered.session)
    aside = {"codes": visit.data["codes"], "next": visit.data["next"], "enrolment": visit.id}
    visits.put_aside(session_id, aside, key=subject.key)
    # Of all that was gathered nothing stays here; and this visit is hers now, and goes when her account goes (P53).
    visit.data = {"account": subject.id, "opened": session_id}
    visits.keep(visit, account_id=subject.id)
    return let_in(entered, url_for("accounts.recovery_codes"))


@bp.route("/register/recovery-codes", methods=["GET", "POST"])
@public
@once
def recovery_codes() -> Response:
    """Show the ten recovery codes of the account just opened until she goes on to where she wanted."""
    if not current_user.is_authenticated:
        return _come_back()
    person = me()
    aside = visits.find_aside(person.session_id, key=person.key)
    if "codes" not in aside:
        return see_other(url_for("accounts.security"))
    if request.method == "GET" and "enrolment" in aside:
        _arrive(person, aside)
    if request.args.get("as") == "text":
        return as_text(aside["codes"])
    if request.method == "GET":
        return render_page("accounts/recovery_codes.html", form=KeptForm(), codes=aside["codes"])
    # The tick reminds her; whoever presses on without it can make new keys at any time.
    visits.end(aside.get("enrolment", ""), account_id=person.id)
    visits.put_aside(person.session_id, None, key=person.key)
    location: str = aside.get("next", url_for("accounts.security"))
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)


def _arrive(person: Person, aside: dict[str, Any]) -> None:
    """End the registration that led here, now that the browser is known to have the token of its signed-in visit."""
    db.session.rollback()
    with writing():
        visits.end(aside.pop("enrolment"), account_id=person.id)
        visits.put_aside(person.session_id, aside, key=person.key)
        db.session.commit()


def _come_back() -> Response:
    """Let in whoever's account is open already, when the answer that did so never reached this browser."""
    visit = enrolment_at("accounts.recovery_codes")
    db.session.rollback()
    with writing():
        token = visits.hand_over(visit.data["opened"], now=now())
        if token is None:
            return see_other(url_for("accounts.sign_in"))
        given = visits.know_device(visit.data["account"], device=device(), now=now())
        return let_in(Entered(token, given), url_for("accounts.recovery_codes"))
