"""Passkeys: adding one and taking one away; the second factor's pages ask for them beside the app's code."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts import cookies, passkeys
from msewa.accounts.forms import FactorForm, NewPasskeyForm, ProofForm
from msewa.accounts.operations import passkeys as operations
from msewa.accounts.operations import proving
from msewa.accounts.passkeys import PasskeyError, Site
from msewa.accounts.queries import get_contact, list_passkeys
from msewa.accounts.routes.door import bp, device, me, refused
from msewa.accounts.rules import MOST_PASSKEYS
from msewa.config import Settings
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.web import form_keys
from msewa.web.access import form_on, fresh_proof, signed_in
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.pages import render_page, see_other

TEMPLATE = "accounts/passkeys.html"


def site() -> Site | None:
    """Return where passkeys of this page are good; None where the page has no name: an address in numbers can hold none."""
    settings: Settings = current_app.extensions["settings"]
    # Only a demonstration is reached under whatever name its visitor typed; in production the settings say it.
    address = urlsplit(settings.public_url or request.host_url)
    name = address.hostname or ""
    is_number = ":" in name or name.replace(".", "").isdigit()
    return None if is_number else Site(name, f"{address.scheme}://{address.netloc}")


def challenge(use: str) -> bytes:
    """Return what a passkey must sign for one use in this visit."""
    return operations.challenge_for(use, token=cookies.read("session") or "")


def asked_for(subject: Subject, *, use: str) -> str | None:
    """Return the JSON that asks this browser for one of her passkeys; None when she has none, or none can be used here."""
    place = site()
    known = [one.credential_id for one in list_passkeys(subject)] if place else []
    return passkeys.ask_for_known(place, challenge=challenge(use), known=known) if place and known else None


def find_fault(form: FactorForm | ProofForm, subject: Subject, *, use: str) -> str | None:
    """Check the second factor, a code or a passkey; return what is wrong with it, None when it is right. Raises TooManyTriesError."""
    answer, place = form.passkey.data, site()
    if answer and place:
        bucket = proving.try_passkey(subject.id, device=device(), now=now())
        is_right = operations.accept(subject, answer, site=place, challenge=challenge(use), bucket=bucket, now=now())
        return None if is_right else gettext("This passkey did not fit. Try again, or write the code of your app.")
    bucket = proving.try_factor(subject.id, device=device(), now=now())
    if proving.accept_totp(subject, form.code.data or "", bucket=bucket, now=now()):
        return None
    return gettext("This is not the code of this moment, or it was used before. Wait for the next one and write that.")


@bp.get("/account/passkeys")
@signed_in
@fresh_proof
def keys() -> Response:
    """Show the passkeys of the account, and offer to add one."""
    return _page(NewPasskeyForm())


@bp.post("/account/passkeys")
@signed_in
@fresh_proof
@once
def add_passkey() -> AnyResponse:
    """Keep the passkey that this browser has just made."""
    form, place, person = NewPasskeyForm(), site(), me()
    if place is None or not form.validate():
        return _page(form, status=422)
    try:
        made = passkeys.read_new(form.passkey.data or "", site=place, challenge=challenge(_use()))
        operations.add(person, made, actor=person.actor, now=now())
    except PasskeyError:
        return _refused(form, gettext("No passkey was made. Try again."))
    except operations.TooManyPasskeysError:
        return _refused(form, gettext("You have %(most)s passkeys, and more do not fit. Take one away first.", most=MOST_PASSKEYS))
    return _done("passkey")


@bp.post("/account/passkeys/<passkey_id>/remove")
@signed_in
@form_on("accounts.keys")
@fresh_proof
@once
def remove_passkey(passkey_id: str) -> AnyResponse:
    """Take a passkey away."""
    operations.remove(me(), passkey_id, actor=me().actor, now=now())
    return _done("passkey_gone")


def _use() -> str:
    """Name what a new passkey is asked for; each that was added changes the name, so that no answer is good twice."""
    return f"add {sorted(one.id for one in list_passkeys(me()))}"


def _shown(place: Site | None) -> dict[str, Any]:
    person, held = me(), list_passkeys(me())
    if place is None:
        return {"held": held, "asked": None}
    asked = passkeys.ask_for_new(
        place,
        user=operations.user_of(person.id),
        shown_as=f"..{get_contact(person).mobile[-4:]}",  # as in the authenticator app: a lost phone shows no whole number
        challenge=challenge(_use()),
        known=[one.credential_id for one in held],
    )
    return {"held": held, "asked": asked}


def _page(form: NewPasskeyForm, *, status: int = 200) -> Response:
    return render_page(TEMPLATE, form=form, status=status, **_shown(site()))


def _refused(form: NewPasskeyForm, message: str) -> Response:
    return refused(TEMPLATE, form, form.passkey, message, **_shown(site()))


def _done(what: str) -> AnyResponse:
    location = url_for("accounts.security", done=what)
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)
