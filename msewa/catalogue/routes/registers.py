"""The public register of providers: open to everybody."""

from itertools import groupby

from flask import Response, request

from msewa.catalogue.queries import catalogue, get_provider
from msewa.catalogue.registers import list_needs, list_providers, list_services
from msewa.catalogue.routes.blueprint import bp
from msewa.catalogue.routes.citing import cite, safe_link, site_of
from msewa.catalogue.routes.paging import address_of, cut
from msewa.web.access import public
from msewa.web.pages import render_page

SHOWN_AT_ONCE = 10


@bp.get("/providers")
@public
def providers() -> Response:
    """List who may receive an application, by kind, each with its contact and how many facts it may receive (P5)."""
    known = catalogue()
    kind = next((one for one in known.policy_kinds if one == request.args.get("kind")), None)
    listed = list_providers(known, kind=kind)
    page = cut(listed, request.args, lambda number: address_of("/providers", {"kind": kind, "page": number}))
    # The rows come sorted by kind, and a page may begin within one.
    groups = [(one, list(rows)) for one, rows in groupby(page.rows, key=lambda row: row.kind)]
    return render_page("catalogue/providers.html", groups=groups, kind=kind, pages=page.links, known=known, site_of=site_of)


@bp.get("/providers/<slug>")
@public
def provider(slug: str) -> Response:
    """Show one provider: its kind and contact, its services, and every fact it may receive with the reason (P5)."""
    chosen, known = get_provider(slug), catalogue()
    offered = list_services(chosen.id, known)
    return render_page(
        "catalogue/provider.html",
        provider=chosen,
        site=site_of(chosen.url or ""),
        link=safe_link(chosen.url),
        count=len(offered),
        offered=offered[:SHOWN_AT_ONCE],
        needs=list_needs(offered),
        source=cite(chosen.source),
        known=known,
    )
