"""Whoever writes for somebody signed in holds her account meanwhile, so that nothing of hers is written beside her leaving (F15).

PostgreSQL: the account's row is locked for the length of each writing transaction, shared with other writers, alone by what ends the
account. SQLite lets one writer in at a time, so that looking is enough.
"""

from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from msewa.accounts.models import Account
from msewa.accounts.people import Person, forget_names
from msewa.extensions import db, is_writing
from msewa.web import errors, form_keys
from msewa.web.pages import see_other

FOREIGN_KEY = ("23503", "FOREIGN KEY")  # PostgreSQL's state, SQLite's words
ALONE = "held_alone"
_ID: Any = Account.__table__.c.id
_ROLE: Any = Account.__table__.c.role


class AccountGoneError(Exception):
    """Somebody signed in was about to write, and her account has just ended, or is for another work now."""


def init_app(app: Flask) -> None:
    """Answer those who come too late with the sign-in page, never with a fault."""
    # They change what an account is found by, for which PostgreSQL wants the whole row: two of them, each sharing it, would lock up.
    app.extensions[ALONE] = {"accounts.verify_mobile", "accounts.verify_email", "accounts.not_me"}
    app.register_error_handler(AccountGoneError, _gone)
    app.register_error_handler(IntegrityError, _orphan)


def hold_alone(app: Flask, endpoint: str) -> None:
    """Let this endpoint's transactions wait for every other of the same account, because they end it."""
    app.extensions[ALONE].add(endpoint)


def one_at_a_time(account_id: str) -> None:
    """Let the transactions that write for an account come one after the other from here on: two tabs that press at once, say."""
    # Not the whole row: each request shares it already (`_hold`), and two that both asked for all of it would wait for each other.
    db.session.execute(select(_ID).where(account_id == _ID).with_for_update(key_share=True))


def let_go() -> None:
    """Forget who was signed in: her account ended in this very request."""
    g.pop("_login_user", None)
    forget_names()


@event.listens_for(db.session, "after_begin")
def _hold(session: Any, transaction: Any, connection: Connection) -> None:
    person = g.get("_login_user") if has_request_context() else None
    if not isinstance(person, Person) or not is_writing():
        return
    ends_it = request.method == "POST" and request.endpoint in current_app.extensions[ALONE]
    shared: dict[str, Any] = {} if ends_it else {"read": True, "key_share": True}
    # Nor is anything written as a citizen into an account that has just become an officer's.
    if connection.execute(select(_ROLE).where(person.id == _ID).with_for_update(**shared)).scalar() != person.role:
        raise AccountGoneError


def _gone(error: AccountGoneError) -> Response:
    db.session.rollback()
    let_go()
    # Whoever pressed "delete" twice gets the first answer, not a sign-in page.
    return form_keys.find_answer() or see_other(url_for("accounts.sign_in"))


def _orphan(error: IntegrityError) -> Response:
    db.session.rollback()
    let_go()
    state = getattr(error.orig, "sqlstate", None)
    is_late = state == FOREIGN_KEY[0] or FOREIGN_KEY[1] in str(error.orig)
    return see_other(url_for("accounts.sign_in")) if is_late else errors.unexpected(error)
