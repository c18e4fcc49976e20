"""Who is behind a request: one select, and at most once a minute one short write."""

from datetime import datetime

from flask import Flask, Request, g, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from msewa.accounts import cookies
from msewa.accounts.operations.visits import VisitOverError, end_over, note_seen
from msewa.accounts.people import Person
from msewa.accounts.queries import find_over, find_person
from msewa.accounts.rules import SEEN_EVERY
from msewa.crypto.tokens import token_hash
from msewa.extensions import db, login_manager, writing
from msewa.web.access import ENDED
from msewa.web.clock import now
from msewa.web.pages import see_other


def init_app(app: Flask) -> None:
    """Let Flask-Login ask us; load the person before a view has begun to read."""
    login_manager.request_loader(_load)
    app.before_request(_load_early)
    app.register_error_handler(VisitOverError, _begin_again)


def _load_early() -> None:
    # The note of when she was last seen ends the transaction, so it must come before the view's own reading.
    if "_login_user" not in g and cookies.read("session"):
        bool(current_user.is_authenticated)


def _load(request: Request) -> Person | None:
    token = cookies.read("session")
    # A database that is away fails the page once; its error page is then drawn for nobody in particular.
    if token is None or g.get("presence_unknown"):
        return None
    g.presence_unknown = True
    person = _find(token)
    g.presence_unknown = False
    return person


def _find(token: str) -> Person | None:
    moment = now()
    hashed = token_hash(token)
    found = find_person(hashed, now=moment)
    if found is None:
        _end_for_good(hashed, now=moment)
        return None
    person, seen_at = found
    if moment - seen_at >= SEEN_EVERY:
        # SQLite can't turn a read into a write once another has written: end the one, begin the other.
        db.session.rollback()
        with writing():
            note_seen(person.session_id, now=moment)
            db.session.commit()
    return person


def _end_for_good(hashed: bytes, *, now: datetime) -> None:
    """Remove a visit that was refused because its time is over: a clock that is put back must not revive it (F13)."""
    # Asked by a mere read first: most tokens that open nothing are of other kinds of visits, or of none.
    owner = find_over(hashed, now=now)
    if owner is not None:
        setattr(g, ENDED, owner)
        db.session.rollback()
        with writing():
            end_over(hashed, now=now)
            db.session.commit()


def _begin_again(error: VisitOverError) -> Response:
    db.session.rollback()
    return see_other(url_for("accounts.sign_in"))
