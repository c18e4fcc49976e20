"""What the pages of getting in share: the blueprint, refusals, cookies."""

import math
from datetime import datetime
from typing import Any, cast

from flask import Response, request
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field

from msewa.accounts import cookies
from msewa.accounts.factors import authenticator_link, grouped, qr_svg
from msewa.accounts.operations import visits
from msewa.accounts.operations.bounds import CodesBrakedError, TooManyNumbersError
from msewa.accounts.operations.entering import Entered
from msewa.accounts.operations.throttling import TooManyTriesError
from msewa.accounts.operations.visits import Unfinished
from msewa.accounts.people import Person
from msewa.accounts.rules import SEEN_EVERY, Visit
from msewa.crypto.tokens import ExpiredLinkError, LinkError
from msewa.extensions import db, writing
from msewa.visits import security
from msewa.visits.security import Event
from msewa.web import form_keys
from msewa.web.access import blueprint, safe_next
from msewa.web.clock import now as clock_now
from msewa.web.forms import Form
from msewa.web.pages import render_page, see_other

bp = blueprint("accounts", __name__)


def me() -> Person:
    """Return who is signed in; for pages that only such people reach."""
    return cast(Person, current_user)


def device() -> str | None:
    """Return what the `device` cookie of this browser holds, if anybody has signed in there before."""
    return cookies.read("device")


def wanted(*, fallback: str = "/") -> str:
    """Return the page that somebody was on the way to."""
    return safe_next(request.args.get("next"), fallback=fallback)


def refused(template: str, form: Form, field: Field, message: str, *, status: int = 422, **values: Any) -> Response:
    """Show a form again with one more error; what was typed stays, passwords never do."""
    field.errors = [*field.errors, message]
    return render_page(template, form=form, status=status, **values)


def over_words() -> str:
    """Say to a form that comes too late that its way is over: no page that looks like success."""
    return gettext("What you began here is over, or it is done already. Begin again.")


def find_unfinished(kind: Visit) -> Unfinished | None:
    """Return what this browser is in the middle of, and note at most once a minute that it is used; None when it is over."""
    moment = clock_now()
    visit = visits.find(cookies.read("session"), kind=kind, now=moment)
    if visit is None or moment - visit.seen_at < SEEN_EVERY:
        return visit
    if request.method == "POST":  # in the form's own transaction, which holds its key
        visits.note_seen(visit.id, now=moment)
        return visit
    db.session.rollback()
    with writing():
        visits.note_seen(visit.id, now=moment)
        db.session.commit()
    return visit


def suspect(kind: Event) -> None:
    """Note a refused try with the address it came from, which is sealed before it is kept (P42)."""
    security.note(kind, address=request.remote_addr or "", now=clock_now())


def link_over(error: LinkError) -> Response:
    """Say that a link does not open anything any more (404); one that was never ours is noted."""
    if not isinstance(error, ExpiredLinkError):
        suspect(Event.LINK_FORGED)
    return render_page("accounts/link_over.html", status=404)


def told_to_wait(template: str, form: Form, field: Field, error: TooManyTriesError, *, now: datetime, **values: Any) -> Response:
    """Show a form again with the moment of the next try (429)."""
    suspect(Event.THROTTLED)
    response = refused(template, form, field, waiting_words(error, now=now), status=429, **values)
    if error.until is not None:
        response.headers["Retry-After"] = str(_seconds_until(error.until, now=now))
    return response


def _seconds_until(moment: datetime, *, now: datetime) -> int:
    # Whole seconds, never a part of one too few: whoever waits as long as told must not be told to wait again.
    return max(1, math.ceil((moment - now).total_seconds()))


def waiting_words(error: TooManyTriesError, *, now: datetime) -> str:
    """Say when the next try is possible."""
    if isinstance(error, TooManyNumbersError):
        return gettext("We have sent codes to several numbers for you. Take one of those numbers, or begin again later.")
    if error.until is None:
        return gettext("Too many wrong tries, so this way in is closed. Choose “I lost my phone or password”.")
    seconds = max(2, _seconds_until(error.until, now=now))
    if isinstance(error, CodesBrakedError):
        return gettext("Very many people are asking for codes just now. Try again in %(count)s minutes.", count=max(2, -(-seconds // 60)))
    if seconds < 120:
        return gettext("Too many tries. Try again in %(count)s seconds.", count=seconds)
    return gettext("Too many tries. Try again in %(count)s minutes.", count=-(-seconds // 60))


def done(location: str) -> AnyResponse:
    """Commit what a form did, and note in the same step where its answer leads; sent twice, it leads there again."""
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)


def let_in(entered: Entered, location: str) -> AnyResponse:
    """Commit, and send somebody who has just signed in on her way, with her cookies."""
    response = cast(Response, done(location))
    cookies.give(response, "session", entered.session)
    if entered.device is not None:
        cookies.give(response, "device", entered.device)
    return response


def with_token(token: str, location: str) -> AnyResponse:
    """Commit, and send somebody on under a new token of her visit."""
    response = done(location)
    cookies.give(response, "session", token)
    return response


def shown_secret(secret: str, *, mobile: str) -> dict[str, Any]:
    """Return what a page needs to show an authenticator secret: QR, link, and groups of four to type."""
    link = authenticator_link(secret, mobile=mobile)
    return {"qr": Markup(qr_svg(link)), "link": link, "secret": grouped(secret)}  # noqa: S704 - drawn by segno from our own link


def as_text(codes: list[str]) -> Response:
    """Return recovery codes as a text file to keep."""
    title, advice = gettext("Paper keys of your mSewa account"), gettext("Each opens your account once. Keep them with your papers.")
    response = Response("\r\n".join([title, "", *codes, "", advice]) + "\r\n", mimetype="text/plain")
    response.headers["Content-Disposition"] = 'attachment; filename="msewa-paper-keys.txt"'
    response.headers["Cache-Control"] = "no-store"
    return response
