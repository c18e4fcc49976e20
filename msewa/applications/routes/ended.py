"""A step that comes when its visit is over already."""

from flask import request

from msewa.applications.filling import Desk, read_page
from msewa.applications.operations import holding_back
from msewa.applications.queries import get_case
from msewa.applications.routes.blueprint import tab_of_form
from msewa.applications.steps import paper_step_of, read_step
from msewa.catalogue.queries import catalogue, get_definition
from msewa.extensions import db
from msewa.web import form_keys
from msewa.web.clock import now
from msewa.web.errors import NoSuchRowError


def hold_typed(account_id: str, *, ref: str) -> bool:
    """Hold what was typed on a step of this account's draft until its owner is back; False when nothing can be held."""
    if not form_keys.is_carried() or "step" not in request.args:
        return False
    try:
        case = get_case(ref, account_id=account_id)
    except NoSuchRowError:
        return False
    # Without her profile and what she saved: for a visit that is over nothing of hers is opened but the key to seal under.
    desk = Desk(get_definition(case.service_id, case.service_version), catalogue(), {}, now())
    step = read_step(request.args["step"], desk.definition)
    if step in (None, paper_step_of(desk.definition)):
        return False
    page = read_page(desk, step, typed=request.form.get, earlier={}).kept
    is_held = holding_back.hold(case, step=step, page=page, tab=tab_of_form(), now=desk.now)
    db.session.commit()
    return is_held
