"""Breaches at the console: written down, whom they concern, both notices, the clocks."""

from typing import Any

from flask import Response, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from msewa.config import LANGUAGES
from msewa.dpo import alerts
from msewa.dpo.forms import TOLD, BreachForm
from msewa.dpo.operations import breaches as operations
from msewa.dpo.operations.breaches import NotReadyError, Report, Scope
from msewa.dpo.queries import Incident, count_affected, get_breach, list_breaches
from msewa.dpo.routes.blueprint import bp, done, officer
from msewa.dpo.rules import BOARD_WITHIN, CERT_WITHIN
from msewa.extensions import db
from msewa.web.access import dpo, form_on, fresh_proof
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.pages import render_page

SCOPE = ("act", "actor", "office")


@bp.get("/dpo/breaches")
@dpo
def breaches() -> Response:
    """List the breaches."""
    return render_page("dpo/breaches.html", rows=list_breaches(), board_within=BOARD_WITHIN)


@bp.get("/dpo/breaches/new")
@dpo
def register_breach() -> Response:
    """Ask what happened."""
    return render_page("dpo/register_breach.html", form=BreachForm(), parts=TOLD, languages=LANGUAGES)


@bp.post("/dpo/breaches/new")
@dpo
@once
def keep_breach() -> AnyResponse:
    """Write a breach down; whom it concerns is found by the worker."""
    form = BreachForm()
    if not form.validate():
        return render_page("dpo/register_breach.html", form=form, parts=TOLD, languages=LANGUAGES, status=422)
    report = Report(told=form.told, causes=str(form.causes.data))
    scope = Scope(**{key: str(form[key].data or "") for key in SCOPE}, references=form.lines)
    began_at, ended_at = form.span
    number = operations.register(report, scope=scope, began_at=began_at, ended_at=ended_at, officer=officer(), now=now())
    return done(url_for("dpo.breach", ref=number))


@bp.get("/dpo/breaches/<ref>")
@dpo
def breach(ref: str) -> Response:
    """Show a breach with both notices and its clocks."""
    return _show(get_breach(ref))


@bp.post("/dpo/breaches/<ref>")
@dpo
@fresh_proof
@once
def tell_breach(ref: str) -> AnyResponse:
    """Tell everybody concerned."""
    found = get_breach(ref)
    try:
        operations.tell_affected(found, officer=officer(), now=now())
    except NotReadyError:
        db.session.rollback()
        return _show(get_breach(ref), status=409, problem=gettext("Whom it concerns is still being looked up, or was told already"))
    alerts.forget()
    return done(url_for("dpo.breach", ref=found.number))


@bp.post("/dpo/breaches/<ref>/board")
@dpo
@form_on("dpo.breach")
@once
def report_breach(ref: str) -> AnyResponse:
    """Note that the report went to the Board."""
    found = get_breach(ref)
    operations.note_reported(found, officer=officer(), now=now())
    return done(url_for("dpo.breach", ref=found.number))


def _show(found: Incident, *, status: int = 200, problem: str = "") -> Response:
    affected, told = count_affected(found.id)
    clocks: dict[str, Any] = {"board_by": found.known_at + BOARD_WITHIN, "cert_by": found.known_at + CERT_WITHIN, "now": now()}
    return render_page("dpo/breach.html", breach=found, affected=affected, told=told, problem=problem, status=status, **clocks)
