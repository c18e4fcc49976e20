"""The privacy policy, the notices and the purposes, at addresses that stay."""

from typing import Any

from flask import Response

from msewa.catalogue.queries import catalogue
from msewa.consents.inventory import asked_by_category
from msewa.consents.purposes import every_version, get_purpose, purposes, shown
from msewa.consents.routes.blueprint import bp
from msewa.consents.rules import Purpose
from msewa.consents.texts import get_current_version, get_notice, get_policy, list_versions
from msewa.web.access import public
from msewa.web.clock import day_of, now
from msewa.web.errors import NoSuchRowError
from msewa.web.locale import language
from msewa.web.pages import render_page

LONGEST_NUMBER = 6


@bp.get("/privacy/policy")
@public
def policy() -> Response:
    """Show the policy that holds now."""
    return _policy(get_current_version("policy", today=day_of(now())))


@bp.get("/privacy/policy/<version>")
@public
def policy_version(version: str) -> Response:
    """Show one version of the policy, word for word as it was published."""
    return _policy(version)


@bp.get("/privacy/notice/<name>/<version>")
@public
def notice(name: str, version: str) -> Response:
    """Show a notice as it was shown to whoever answered it."""
    return render_page("consents/notice.html", notice=get_notice(name, language(), version=version))


@bp.get("/privacy/asked")
@public
def asked() -> Response:
    """Show everything that any service may ask, by category (P7)."""
    return render_page("consents/asked.html", asked=asked_by_category(catalogue(), language=language()))


@bp.get("/privacy/purposes")
@public
def purpose_list() -> Response:
    """Show every purpose that data is used for: what the law requires beside what is anybody's own choice."""
    known = purposes().values()
    by_law, chosen = [one for one in known if not one.is_choice], [one for one in known if one.is_choice]
    return render_page("consents/purpose_list.html", by_law=by_law, chosen=chosen)


@bp.get("/privacy/purposes/<purpose_id>")
@public
def purpose(purpose_id: str) -> Response:
    """Show the notice of one purpose, standing alone (DPDP Act, s. 5)."""
    return _purpose(get_purpose(purpose_id))


@bp.get("/privacy/purposes/<purpose_id>/<version>")
@public
def purpose_version(purpose_id: str, version: str) -> Response:
    """Show one version of a purpose's notice, as it was shown to whoever answered it."""
    if not version.isascii() or not version.isdecimal() or len(version) > LONGEST_NUMBER:
        raise NoSuchRowError
    return _purpose(get_purpose(purpose_id, version=int(version)))


def _policy(version: str) -> Response:
    text, versions = get_policy(version, language()), list_versions("policy")
    standing = _standing(versions.index(version), versions.index(get_current_version("policy", today=day_of(now()))))
    return render_page("consents/policy.html", page_id="consents.policy", policy=text, standing=standing, versions=versions)


def _purpose(purpose: Purpose) -> Response:
    held = purposes().get(purpose.id)
    page: dict[str, Any] = {"purpose": purpose, "notice": shown(purpose, language())}
    page["versions"] = sorted(version for known, version in every_version() if known == purpose.id)
    page["standing"] = _standing(purpose.version, held.version if held else 0)
    return render_page("consents/purpose.html", page_id="consents.purpose", **page)


def _standing(version: int, held: int) -> str:
    """Return how a version stands to the one that holds: "now", "earlier", or "later"."""
    return "now" if version == held else "earlier" if version < held else "later"
