"""The privacy policy and the notices, at addresses that stay."""

from flask import Response, current_app

from msewa.catalogue.queries import catalogue
from msewa.config import Settings
from msewa.consents.inventory import asked_by_category
from msewa.consents.texts import get_notice, get_policy, list_versions
from msewa.web.access import blueprint, public
from msewa.web.locale import language
from msewa.web.pages import render_page

bp = blueprint("consents", __name__)


@bp.get("/privacy/policy")
@public
def policy() -> Response:
    """Show the policy that holds now."""
    settings: Settings = current_app.extensions["settings"]
    return _policy(settings.policy_version, is_current=True)


@bp.get("/privacy/policy/<version>")
@public
def policy_version(version: str) -> Response:
    """Show one version of the policy, word for word as it was published."""
    settings: Settings = current_app.extensions["settings"]
    return _policy(version, is_current=version == settings.policy_version)


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


def _policy(version: str, *, is_current: bool) -> Response:
    text = get_policy(version, language())
    versions = list_versions("policy")
    return render_page("consents/policy.html", page_id="consents.policy", policy=text, is_current=is_current, versions=versions)
