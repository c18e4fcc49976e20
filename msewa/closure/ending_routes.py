"""The page behind the link of somebody whose account the operator ends: why, until when, how to object, and her data, once."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.links import ENDING, read_link
from msewa.accounts.operations import proving
from msewa.accounts.operations.throttling import TooManyTriesError
from msewa.accounts.queries import get_subject
from msewa.accounts.routes.door import waiting_words
from msewa.closure.forms import EndingForm
from msewa.closure.holding import gather
from msewa.closure.models import Termination
from msewa.closure.operations.terminating import take_export
from msewa.crypto.tokens import LinkError
from msewa.extensions import db
from msewa.ledger.rules import Subject
from msewa.web.access import public
from msewa.web.clock import now
from msewa.web.errors import NoSuchRowError
from msewa.web.pages import render_page

bp = Blueprint("ending", __name__)


@bp.route("/account/ending/<token>", methods=["GET", "POST"])
@public
def ending(token: str) -> AnyResponse:
    """Say why the account ends and how to object; give her data once, for a code of her own app."""
    try:
        subject = get_subject(read_link(token, purpose=ENDING, now=now()))
    except LinkError:
        return render_page("accounts/link_over.html", status=404)
    kept = db.session.get(Termination, subject.id)
    if kept is None:
        raise NoSuchRowError
    form = EndingForm()
    if request.method == "POST" and form.validate():
        refusal = _refusal(subject, form.code.data or "")
        if refusal is None:
            return _export(subject)
        form.code.errors = [refusal]
    facts = gather(subject)
    status = 422 if form.errors else 200
    shown: dict[str, Any] = {"why": facts["why"], "closes_at": kept.closes_at, "is_used": bool(kept.export_used_at)}
    response = render_page("closure/ending.html", form=form, status=status, **shown)
    # It speaks of her to whoever has the link: no browser keeps it.
    response.headers["Cache-Control"] = "no-store"
    return response


def _refusal(subject: Subject, code: str) -> str | None:
    """Return why a code does not open her data; None for a right one. The link alone, read by somebody else, opens nothing."""
    try:
        bucket = proving.try_factor(subject.id, device=None, now=now())
    except TooManyTriesError as error:
        return waiting_words(error, now=now())
    is_right = proving.accept_totp(subject, code, bucket=bucket, now=now())
    db.session.commit()
    return (
        None if is_right else gettext("This is not the code of this moment, or it was used before. Wait for the next one and write that.")
    )


def _export(subject: Subject) -> Response:
    content = take_export(subject, now=now())
    db.session.commit()
    headers = {"Content-Disposition": 'attachment; filename="msewa-my-data.zip"', "Cache-Control": "no-store"}
    return Response(content, mimetype="application/zip", headers=headers)
