"""Looking for a person: masked, and opened field by field, for a case and a reason (P47, P48)."""

from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.looking import look
from msewa.accounts.queries import find_account_id, get_contact
from msewa.catalogue.queries import catalogue
from msewa.catalogue.showing import show
from msewa.dpo.forms import OpenForm, SearchForm
from msewa.dpo.naming import name_of
from msewa.dpo.operations.cases import is_allowed_by
from msewa.dpo.operations.noting import note
from msewa.dpo.routes.blueprint import bp, officer
from msewa.dpo.rules import FOUND, mask_mobile
from msewa.dpo.values import read_values
from msewa.extensions import db
from msewa.profile.rules import ACCOUNT_FIELDS
from msewa.web.access import dpo, fresh_proof
from msewa.web.clock import now
from msewa.web.forms import clean_text
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other


@bp.get("/dpo/people")
@dpo
def people() -> Response:
    """Ask whom, for which case, and why."""
    return render_page("dpo/people.html", form=SearchForm())


@bp.post("/dpo/people")
@dpo
def search() -> Response:
    """Find somebody by mobile number; nothing of hers is opened, and yet the search is on her page."""
    form = SearchForm()
    if not form.validate():
        return render_page("dpo/people.html", form=form, status=422)
    account_id, case = find_account_id(mobile=form.mobile_number), str(form.case.data)
    # Before anything is answered: also that a complaint is not of this person is an answer.
    note("person.searched", officer=officer(), now=now(), about=case, reason=str(form.reason.data))
    if not is_allowed_by(case, account_id=account_id):
        db.session.commit()
        form.case.errors = [gettext("There is no open case of this number, and no open complaint of this person")]
        return render_page("dpo/people.html", form=form, status=403)
    if account_id is None:
        db.session.commit()
        form.mobile.errors = [gettext("Nobody has an account with this number")]
        return render_page("dpo/people.html", form=form, status=422)
    _look(account_id, form, fields=(FOUND,))
    db.session.commit()
    given = {"case": form.case.data, "reason": form.reason.data}
    return _person(account_id, OpenForm(_fields(), **given), mobile=mask_mobile(form.mobile_number))


@bp.get("/dpo/people/open")
@dpo
def person() -> AnyResponse:
    """Lead back to the search: a person has no address here, so none lies in a browser's history."""
    return see_other(url_for("dpo.people"))


@bp.post("/dpo/people/open")
@dpo
@fresh_proof
def open_person() -> Response:
    """Open the chosen fields of a person; each, and the reason, is on her page."""
    form, account_id = OpenForm(_fields()), clean_text(request.form.get("person", ""))
    if not is_allowed_by(str(form.case.data or ""), account_id=account_id):
        # Before the form is looked at: without a case not even what is wrong with it is answered.
        abort(403)
    if not form.validate():
        return _person(account_id, form, status=422)
    fields = list(form.fields.data or [])
    subject = _look(account_id, form, fields=fields)
    note("person.opened", officer=officer(), now=now(), about=str(form.case.data), reason=str(form.reason.data))
    values, mobile = read_values(subject, fields), mask_mobile(get_contact(subject).mobile)
    db.session.commit()
    return _person(account_id, form, values={key: _shown(key, value) for key, value in values.items()}, opened=fields, mobile=mobile)


def _look(account_id: str, form: SearchForm | OpenForm, *, fields: list[str] | tuple[str, ...]) -> Any:
    case, reason = str(form.case.data), str(form.reason.data)
    return look(account_id, actor=officer().actor, reason=reason, fields=fields, now=now(), about=case)


def _fields() -> list[tuple[str, str]]:
    known = catalogue().fields
    return [(key, name_of(known[key], language=language())) for key in known if known[key].profile_section or key in ACCOUNT_FIELDS]


def _shown(key: str, value: str) -> str:
    return show(catalogue().fields[key], value, language(), catalogue=catalogue())


def _person(account_id: str, form: OpenForm, *, status: int = 200, **values: Any) -> Response:
    given: dict[str, Any] = {"values": {}, "opened": [], "mobile": "", **values}
    return render_page("dpo/person.html", form=form, person=account_id, labels=dict(_fields()), status=status, **given)
