"""The blueprint that all pages of applications hang on, and what they all begin with."""

import hashlib
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, request, url_for
from flask_babel import gettext
from flask_login import current_user

from msewa.accounts.people import Person
from msewa.applications.filling import Desk
from msewa.applications.queries import Case, get_case
from msewa.applications.references import show_reference
from msewa.applications.steps import paper_step_of
from msewa.applications.unsaved import Tab
from msewa.catalogue.queries import catalogue, get_definition
from msewa.profile.queries import get_profile
from msewa.web import form_keys
from msewa.web.clock import INDIA, now
from msewa.web.filters import say
from msewa.web.forms import clean_text

bp = Blueprint("applications", __name__)


def person() -> Person:
    """Return who is signed in."""
    return cast(Person, current_user)


def own_case(ref: str) -> Case:
    """Return the application of whoever is signed in; NoSuchRowError when she has none of this reference."""
    return get_case(ref, account_id=person().id)


def desk_for(case: Case) -> Desk:
    """Return what this application's form is filled in with."""
    return Desk(get_definition(case.service_id, case.service_version), catalogue(), get_profile(person()), now())


def address(endpoint: str, case: Case, **values: Any) -> str:
    """Return the address of one of an application's pages."""
    return url_for(f"applications.{endpoint}", ref=show_reference(case.reference), **values)


def tab_of_form() -> Tab:
    """Return which showing of a step a form comes from."""
    # The form's key is new with each showing of the page; only a trace of it is kept.
    key = request.form.get(form_keys.FIELD, "")
    name = hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return Tab(name, clean_text(request.form.get("seen"))[:16], clean_text(request.form.get("met")))


def frame(case: Case, desk: Desk) -> dict[str, Any]:
    """Return what every step's page shows around it: the service, who receives, and the way through the steps."""
    steps = [(say(one.title), address("edit", case, step=number)) for number, one in enumerate(desk.definition.steps, 1)]
    if paper_step := paper_step_of(desk.definition):
        steps.append((gettext("Papers"), address("edit", case, step=paper_step)))
    return {
        "ref": show_reference(case.reference),
        "service": desk.definition,
        "provider": desk.catalogue.providers[desk.definition.provider],
        "known": desk.catalogue,
        "steps": [*steps, (gettext("Look and send"), address("review", case))],
    }


@bp.app_template_filter("to_the_second")
def show_second(moment: datetime) -> str:
    """Write a moment in India so that the next one a second later reads differently."""
    return moment.astimezone(INDIA).strftime("%d/%m/%Y, %H:%M:%S")


@bp.app_template_filter("file_size")
def show_size(size: int) -> str:
    """Write a file's size in KB, or in MB from one on."""
    return f"{max(1, round(size / 1024))} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"
