"""The pages of a citizen's profile."""

from typing import Any, cast

from flask import Response, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from msewa.accounts.people import Person
from msewa.catalogue.queries import catalogue
from msewa.extensions import db
from msewa.profile.forms import TITLES, Desk, ProfileForm, form_for, wrong_in
from msewa.profile.operations import keep
from msewa.profile.queries import get_profile
from msewa.profile.rules import GUARDED_FIELDS, SECTIONS, WITHIN_DISTRICT
from msewa.profile.sheet import fields_of, may_ask, sheet_of
from msewa.web import form_keys
from msewa.web.access import blueprint, citizen, form_on, is_fresh
from msewa.web.clock import now
from msewa.web.errors import NoSuchRowError
from msewa.web.filters import INDIA
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other

bp = blueprint("profile", __name__)
FRAGMENTS = frozenset(f"part_{section}" for section in SECTIONS)


@bp.get("/profile")
@citizen
def show() -> AnyResponse:
    """Show everything given, by section; one line may be open for editing."""
    desk = _desk()
    wanted = request.args.get("edit", "")
    key = "district" if wanted in WITHIN_DISTRICT and "district" not in desk.profile else wanted
    if key in GUARDED_FIELDS and not is_fresh():
        return see_other(_prove_first(key))
    is_asked = _section_of(key, desk=desk) is not None
    form = form_for([desk.known.fields[key]], desk=desk) if is_asked else None
    return _sheet(desk, form=form, edit=key if is_asked else None)


@bp.post("/profile/<section>/<field>")
@citizen
@form_on("profile.show", edit="field")
@once
def change(section: str, field: str) -> AnyResponse:
    """Keep one line; the page again with that line open when it can't be used."""
    desk = _desk()
    if _section_of(field, desk=desk) != section:
        raise NoSuchRowError
    form = form_for([desk.known.fields[field]], desk=desk)
    if not form.validate():
        return _sheet(desk, form=form, edit=field, status=422)
    return _keep(form, desk=desk, kept=field, section=section)


@bp.get("/profile/<section>")
@citizen
def section(section: str) -> Response:
    """Show a whole section as one form."""
    return _section_page(section, form=_section_form(section))


@bp.post("/profile/<section>")
@citizen
@once
def fill(section: str) -> AnyResponse:
    """Keep a whole section; nothing of it while one answer can't be used."""
    form = _section_form(section)
    if not form.validate():
        return _section_page(section, form=form, status=422)
    return _keep(form, desk=_desk(), kept=section, section=section)


def _me() -> Person:
    return cast(Person, current_user)


def _desk() -> Desk:
    return Desk(catalogue(), get_profile(_me()), language(), now().astimezone(INDIA).date())


def _section_of(key: str, *, desk: Desk) -> str | None:
    """Return the section in which a field is changed here; None for what this page does not change."""
    field = desk.known.fields.get(key)
    return field.profile_section if field and may_ask(key, desk.profile) else None


def _section_form(section: str) -> ProfileForm:
    desk = _desk()
    fields = [field for field in fields_of(section, known=desk.known) if may_ask(field.key, desk.profile)]
    if not fields:
        raise NoSuchRowError
    return form_for(fields, desk=desk)


def _prove_first(key: str, *, again: str | None = None, kept: str | None = None) -> str:
    """Return where she shows who she is before where money goes may change; she comes back to that line."""
    return url_for("accounts.step_up", next=url_for("profile.show", edit=key, again=again, kept=kept))


def _keep(form: ProfileForm, *, desk: Desk, kept: str, section: str) -> AnyResponse:
    held = {key: value.value for key, value in desk.profile.items()}
    guarded = [key for key in GUARDED_FIELDS & form.kept.keys() if form.kept[key] != held.get(key, "")]
    back, values = url_for("profile.show", kept=kept, _anchor=f"part_{section}"), form.kept
    if guarded and not is_fresh():
        # The rest of what she typed is kept now: it would be gone when she comes back. This one she is told to write again.
        values = {key: value for key, value in form.kept.items() if key not in guarded}
        back = _prove_first(guarded[0], again=guarded[0], kept=kept if values else None)
    keep(_me(), values, actor=_me().actor, now=now())
    form_keys.remember(back)
    db.session.commit()
    return see_other(back)


def _sheet(desk: Desk, *, form: ProfileForm | None, edit: str | None, status: int = 200) -> Response:
    parts = sheet_of(desk.profile, known=desk.known, language=desk.language)
    shown: dict[str, Any] = {"parts": parts, "titles": TITLES, "form": form, "edit": edit, "kept": request.args.get("kept", "")}
    shown["again"] = edit is not None and request.args.get("again") == edit
    return render_page("profile/show.html", fragments=FRAGMENTS, status=status, page_id="profile.show", **shown)


def _section_page(section: str, *, form: ProfileForm, status: int = 200) -> Response:
    values: dict[str, Any] = {"section": section, "title": TITLES[section], "form": form, "wrong": wrong_in(form)}
    return render_page("profile/section.html", status=status, page_id="profile.section", **values)
