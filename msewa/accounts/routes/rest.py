"""De-registering, and coming back from it."""

from flask import Response as FlaskResponse
from flask import request, url_for
from werkzeug.wrappers import Response

from msewa.accounts import cookies
from msewa.accounts.operations.resting import rest, wake
from msewa.accounts.queries import get_role, get_subject
from msewa.accounts.routes.door import bp, me
from msewa.accounts.routes.sign_in import go_in, half_signed_in
from msewa.accounts.rules import REST
from msewa.extensions import db
from msewa.ledger.rules import Actor, Kind
from msewa.web import form_keys
from msewa.web.access import citizen, fresh_proof, public
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.pages import render_page, see_other


@bp.route("/account/deregister", methods=["GET", "POST"])
@citizen
@fresh_proof
@once
def deregister() -> Response:
    """Say what de-registering does and how it differs from deleting; the button does it at once."""
    if request.method == "GET":
        return render_page("accounts/deregister.html", until=now() + REST)
    person = me()
    rest(person, actor=person.actor, now=now())
    location = url_for("accounts.deregistered")
    form_keys.remember(location)
    db.session.commit()
    response = see_other(location)
    if isinstance(response, FlaskResponse):
        cookies.take(response, "session")
    return response


@bp.get("/account/deregistered")
@public
def deregistered() -> Response:
    """Say that the account rests, and how to come back."""
    return render_page("accounts/deregistered.html")


@bp.route("/sign-in/come-back", methods=["GET", "POST"])
@public
@once
def come_back() -> Response:
    """Ask somebody who proved both factors whether the account that rests shall be used again."""
    visit = half_signed_in()
    way = visit.data.get("proved")
    if way is None:
        return see_other(url_for("accounts.sign_in_second_factor"))
    if request.method == "GET":
        return render_page("accounts/come_back.html")
    subject = get_subject(visit.data["account"])
    wake(subject, actor=Actor(Kind(get_role(subject.id)), subject.id), now=now())
    return go_in(subject, visit=visit, way=way)
