"""The security page: what guards the account, where it is open, and a way to say "this was not me"."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts import cookies
from msewa.accounts.forms import LanguageForm
from msewa.accounts.operations import resets, securing
from msewa.accounts.operations.left import find_left
from msewa.accounts.operations.numbers import is_number_gone
from msewa.accounts.operations.putting_back import NothingLeftError, NotMe, put_back, read_not_me
from msewa.accounts.queries import (
    count_passkeys,
    count_recovery_codes,
    find_pending_reset,
    get_contact,
    get_factor_confirmed_at,
    get_subject,
    list_visits,
)
from msewa.accounts.routes.door import bp, done, link_over, me
from msewa.crypto.tokens import ExpiredLinkError, LinkError
from msewa.web.access import form_on, public, signed_in
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.pages import render_page

SAID = ("password", "factor", "passkey", "passkey_gone", "codes", "mobile", "email", "language", "session", "reset")


@bp.get("/account/security")
@signed_in
def security() -> Response:
    """Show second factor, recovery codes, addresses, open visits and language."""
    return _page(LanguageForm(data={"language": me().language}))


def _page(form: LanguageForm, *, status: int = 200) -> Response:
    person, moment = me(), now()
    said = request.args.get("done")
    return render_page(
        "accounts/security.html",
        form=form,
        status=status,
        done=said if said in SAID else None,
        contact=get_contact(person),
        factor_at=get_factor_confirmed_at(person.id),
        passkeys=count_passkeys(person.id),
        codes_left=count_recovery_codes(person.id),
        visits=list_visits(person.id, now=moment),
        this_visit=person.session_id,
        pending=find_pending_reset(person.id, now=moment),
        is_number_gone=is_number_gone(person.id),
    )


def _done(what: str) -> AnyResponse:
    return done(url_for("accounts.security", done=what))


@bp.post("/account/sessions/<session_id>/end")
@signed_in
@form_on("accounts.security")
@once
def end_session(session_id: str) -> AnyResponse:
    """End one visit; one that is not hers is as good as none."""
    securing.end_visit(me(), session_id=session_id, actor=me().actor, now=now())
    return _done("session")


@bp.post("/account/sessions/end-others")
@signed_in
@form_on("accounts.security")
@once
def end_other_sessions() -> AnyResponse:
    """End every visit but this one."""
    securing.end_other_visits(me(), but=me().session_id, actor=me().actor, now=now())
    return _done("session")


@bp.post("/account/language")
@signed_in
@form_on("accounts.security")
@once
def change_language() -> AnyResponse:
    """Set the language of messages and pages."""
    form = LanguageForm()
    if not form.validate():
        return _page(form, status=422)
    securing.change_language(me(), language=form.language.data, actor=me().actor, now=now())
    return done(url_for("accounts.security", done="language", lang=form.language.data))


@bp.post("/account/cancel-reset")
@signed_in
@form_on("accounts.security")
@once
def cancel_reset() -> AnyResponse:
    """Stop a delayed reset from inside."""
    pending = find_pending_reset(me().id, now=now())
    if pending is not None:
        resets.cancel_reset(pending.id, actor=me().actor, now=now())
    return _done("reset")


@bp.route("/account/not-me/<token>", methods=["GET", "POST"])
@public
@once
def not_me(token: str) -> AnyResponse:
    """Open a "this was not me" link; pressing the button ends every visit and leads to new keys."""
    try:
        link = read_not_me(token, now=now())
        if request.method == "GET":
            return _not_me_page(link)
        why = _shut_out(link)
    except LinkError as error:
        return link_over(error)
    response = done(url_for("accounts.recover", why=why))
    cookies.take(response, "session")
    return response


def _not_me_page(link: NotMe) -> Response:
    if link.field and find_left(get_subject(link.account_id), field=link.field, now=now()) is None:
        raise ExpiredLinkError
    return render_page("accounts/not_me.html", field=link.field)


def _shut_out(link: NotMe) -> str:
    """Do what the link is for; return what the next page says of it."""
    if link.field is None:
        securing.lock_out(get_subject(link.account_id), now=now())
        return "not-me"
    try:
        return f"{link.field}-back" if put_back(link.account_id, field=link.field, now=now()) else "taken"
    except NothingLeftError:
        raise ExpiredLinkError from None
