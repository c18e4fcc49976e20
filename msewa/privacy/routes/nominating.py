"""Naming somebody for her data (DPDP Act, s. 14)."""

from typing import Any

from flask import Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from msewa.extensions import db
from msewa.privacy.forms import NomineeForm
from msewa.privacy.operations import nominating
from msewa.privacy.operations.nominating import TooManyNomineesError
from msewa.privacy.queries import get_nominee, list_nominees
from msewa.privacy.routes.blueprint import bp, person
from msewa.privacy.rules import MOST_NOMINEES
from msewa.web import form_keys
from msewa.web.access import citizen, form_on
from msewa.web.clock import now
from msewa.web.filters import show_mobile
from msewa.web.form_keys import once
from msewa.web.pages import render_page, see_other


@bp.get("/privacy/nominate")
@citizen
def nominate() -> Response:
    """Show whom she named, and ask for one more."""
    return _page(NomineeForm())


@bp.post("/privacy/nominate")
@citizen
@once
def name_nominee() -> AnyResponse:
    """Keep one more nominee."""
    form = NomineeForm()
    if not form.validate():
        return _page(form, status=422)
    try:
        nominating.name_nominee(person(), form.written(), actor=person().actor, now=now())
    except TooManyNomineesError:
        return _page(form, status=422)
    return _back()


@bp.get("/privacy/nominate/<nominee_id>")
@citizen
def nominee(nominee_id: str) -> Response:
    """Show one nominee, to be changed."""
    kept = get_nominee(person(), nominee_id)
    form = NomineeForm(data={"full_name": kept.full_name, "relation": kept.relation, "mobile": show_mobile(kept.mobile)})
    return _form_page(form, nominee_id)


@bp.post("/privacy/nominate/<nominee_id>")
@citizen
@once
def change_nominee(nominee_id: str) -> AnyResponse:
    """Keep what was changed of a nominee."""
    # Before the form, so that another's nominee is answered like none, whatever was written.
    get_nominee(person(), nominee_id)
    form = NomineeForm()
    if not form.validate():
        return _form_page(form, nominee_id, status=422)
    nominating.change_nominee(person(), nominee_id, form.written(), actor=person().actor, now=now())
    return _back()


@bp.post("/privacy/nominate/<nominee_id>/remove")
@citizen
@form_on("privacy.nominate")
@once
def remove_nominee(nominee_id: str) -> AnyResponse:
    """Forget a nominee."""
    nominating.remove_nominee(person(), nominee_id, actor=person().actor, now=now())
    return _back()


def _page(form: NomineeForm, *, status: int = 200) -> Response:
    nominees = list_nominees(person())
    shown: dict[str, Any] = {"form": form, "nominees": nominees, "is_full": len(nominees) >= MOST_NOMINEES, "most": MOST_NOMINEES}
    return render_page("privacy/nominate.html", page_id="privacy.nominate", status=status, **shown)


def _form_page(form: NomineeForm, nominee_id: str, *, status: int = 200) -> Response:
    return render_page("privacy/nominee.html", page_id="privacy.nominee", status=status, form=form, nominee_id=nominee_id)


def _back() -> AnyResponse:
    location = url_for("privacy.nominate")
    form_keys.remember(location)
    db.session.commit()
    return see_other(location)
