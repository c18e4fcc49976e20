"""Asking an office to correct what it was sent."""

from textwrap import shorten
from typing import cast

from flask import Response, abort, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from msewa.applications.queries import Case, get_case, is_with_office
from msewa.applications.references import show_reference
from msewa.catalogue.answer_messages import sentence_of
from msewa.catalogue.answers import AnswerError
from msewa.catalogue.queries import catalogue
from msewa.delivery.operations import ProviderNotRegisteredError
from msewa.extensions import db
from msewa.grievances.correcting import Correction, as_read, correct, fields_of, read_new, sent_values
from msewa.grievances.forms import CorrectionForm, correction_form
from msewa.grievances.operations import TooManyOpenError
from msewa.grievances.queries import Complaint, find_by_id
from msewa.grievances.routes.blueprint import bp, done, person
from msewa.web.access import citizen
from msewa.web.clock import now
from msewa.web.filters import INDIA
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import render_page

MOST_SHOWN = 60  # letters of what was sent, in a list where she finds it again


@bp.get("/grievances/corrections/<ref>")
@citizen
def correction(ref: str) -> Response:
    """Ask which field of an application is wrong."""
    case = _sent(ref)
    return _ask(case, _form(case))


@bp.post("/grievances/corrections/<ref>")
@citizen
@once
def send_correction(ref: str) -> AnyResponse:
    """Keep the correction, and send it to the office."""
    case = _sent(ref)
    form = _form(case)
    if not form.validate():
        return _ask(case, form, status=422)
    key = str(form.field.data)
    try:
        new = read_new(fields_of(case)[key], str(form.new.data), today=now().astimezone(INDIA).date())
    except AnswerError as error:
        form.new.errors = [str(sentence_of(error))]
        return _ask(case, form, status=422)
    return _send(case, form, Correction(key, new, str(form.text.data)))


def _send(case: Case, form: CorrectionForm, asked: Correction) -> AnyResponse:
    try:
        complaint_id = correct(case, asked, subject=person(), actor=person().actor, now=now())
    except (ProviderNotRegisteredError, TooManyOpenError):
        db.session.rollback()
        form.form_errors = [gettext("It cannot be sent just now. Write a complaint instead, or try again later.")]
        return _ask(case, form, status=409)
    return done(cast(Complaint, find_by_id(complaint_id)))


def _sent(ref: str) -> Case:
    case = get_case(ref, account_id=person().id)
    # An office that never had the application has nothing to correct, and learns nothing of it.
    if not is_with_office(case):
        abort(404)
    return case


def _form(case: Case) -> CorrectionForm:
    values, fields = sent_values(case), fields_of(case)
    shown = {key: shorten(as_read(field, values.get(key, ""), language=language()), MOST_SHOWN) for key, field in fields.items()}
    listed = [(key, f"{field.label[language()]}: {shown[key]}") for key, field in fields.items()]
    town = catalogue().ulbs.get(values.get("ulb", ""))
    district = town["district"] if town else values.get("district", "")
    return correction_form(listed, asked=fields.get(request.values.get("field", "")), district=district)


def _ask(case: Case, form: CorrectionForm, *, status: int = 200) -> Response:
    provider = catalogue().providers[case.provider_id]
    return render_page("grievances/correction.html", form=form, ref=show_reference(case.reference), provider=provider, status=status)
