"""Beginning an application from its service's page, and discarding a draft."""

from flask import Response, abort, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.rules import Role
from msewa.applications.operations import drafting
from msewa.applications.operations.drafting import AlreadySentError, TooManyDraftsError
from msewa.applications.references import show_reference
from msewa.applications.routes.blueprint import address, bp, own_case, person
from msewa.applications.routes.listing import list_page
from msewa.catalogue.queries import get_service
from msewa.extensions import db
from msewa.web import form_keys
from msewa.web.access import citizen, form_on, public
from msewa.web.clock import now
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import see_other


@bp.post("/services/<slug>/apply")
@public
@form_on("catalogue.service")
@once
def apply(slug: str) -> AnyResponse:
    """Begin a draft of a service; whoever is not signed in is asked to first, and comes back to the service."""
    definition = get_service(slug)
    if not current_user.is_authenticated:
        return see_other(url_for("accounts.sign_in", next=url_for("catalogue.service", slug=slug)))
    if person().role != Role.CITIZEN:
        abort(403)
    try:
        reference = drafting.begin(definition, subject=person(), actor=person().actor, language=language(), now=now())
    except TooManyDraftsError:
        return list_page(too_many=True, status=409)
    location = url_for("applications.edit", ref=show_reference(reference))
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)


@bp.post("/applications/<ref>/discard")
@citizen
@form_on("applications.show")
@once
def discard(ref: str) -> AnyResponse | Response:
    """Remove a draft with all that is in it; of what was sent meanwhile show that it was."""
    case = own_case(ref)
    try:
        drafting.discard(case, subject=person(), actor=person().actor, now=now())
    except AlreadySentError:
        return see_other(address("show", case))
    location = url_for("applications.index")
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)
