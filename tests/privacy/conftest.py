"""Somebody with looks at her data, and the fragments of her pages."""

from collections.abc import Sequence
from datetime import timedelta

from msewa.accounts.looking import look
from msewa.consents.operations import choose
from msewa.extensions import db, writing
from msewa.ledger.rules import Actor, Kind
from tests.applications.conftest import harjinder, offices, stranger
from tests.people import Somebody

__all__ = ["harjinder", "offices", "stranger"]
OFFICER = Actor(Kind.OFFICER, "f" * 32, "health")
REASON = "Checking the papers of an application"


def looked_at(her: Somebody, times: int = 1, *, about: str = "", actor: Actor = OFFICER, fields: Sequence[str] = ("father_name",)) -> None:
    """Have an officer look at her data, a minute apart, the last one now."""
    with her.app.app_context(), writing():
        now = her.app.extensions["clock"].now()
        for ago in reversed(range(times)):
            look(her.id, actor=actor, reason=REASON, fields=fields, now=now - timedelta(minutes=ago), about=about)
        db.session.commit()


def allowed_by(her: Somebody, *purposes: str, event: str = "given") -> None:
    """Have her say yes (or what `event` says) to purposes, without the pages."""
    with her.app.app_context(), writing():
        for purpose in purposes:
            choose(her.subject(), purpose, event, language="en", actor=her.actor, now=her.app.extensions["clock"].now())
        db.session.commit()


def by_htmx(target: str) -> dict[str, str]:
    """Return the headers with which htmx asks for the part of a page that `target` names."""
    return {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": target}
