"""The public register of providers, and the schemes: open to everybody."""

from flask import Response

from msewa.catalogue.queries import catalogue, get_provider
from msewa.catalogue.registers import list_by_kind, list_needs, list_services
from msewa.catalogue.routes.blueprint import bp
from msewa.web.access import public
from msewa.web.pages import render_page


@bp.get("/providers")
@public
def providers() -> Response:
    """List who may receive an application, by kind (P5)."""
    return render_page("catalogue/providers.html", kinds=list_by_kind(catalogue()), known=catalogue())


@bp.get("/providers/<slug>")
@public
def provider(slug: str) -> Response:
    """Show one provider: its kind, its services, and every fact it may receive with the reason (P5)."""
    chosen, known = get_provider(slug), catalogue()
    offered = list_services(chosen.id, known)
    return render_page("catalogue/provider.html", provider=chosen, offered=offered, needs=list_needs(offered), known=known)
