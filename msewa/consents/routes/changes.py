"""What is new in the policy, for her: read it, go on, or leave; nothing waits for a yes."""

from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from msewa.consents import changes
from msewa.consents.routes.blueprint import bp, person
from msewa.consents.texts import get_policy
from msewa.extensions import db
from msewa.web import form_keys
from msewa.web.access import safe_next, signed_in
from msewa.web.clock import day_of, now
from msewa.web.form_keys import once
from msewa.web.locale import language
from msewa.web.pages import render_page, see_other


@bp.get("/privacy/policy/changes")
@signed_in
def policy_changes() -> Response:
    """Show the difference between the policy she knows and the one that holds now."""
    seen = changes.find_seen(person().id, today=day_of(now()))
    old, new = get_policy(seen.old, language()), get_policy(seen.new, language())
    page: dict[str, Any] = {"old": old, "new": new, "changes": changes.list_changes(old, new), "target": _target(request.args.get("next"))}
    return render_page("consents/policy_changes.html", **page)


@bp.post("/privacy/policy/changes")
@signed_in
@once
def note_changes() -> Response:
    """Note that she has seen it, and let her go on."""
    target = _target(request.form.get("next"))
    seen = changes.find_seen(person().id, today=day_of(now()))
    changes.note_seen(person(), seen.new, language=language(), actor=person().actor, now=now())
    form_keys.remember(target)
    db.session.commit()
    return see_other(target)


def _target(wanted: str | None) -> str:
    return safe_next(wanted, fallback=url_for("catalogue.home"))
