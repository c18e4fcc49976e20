"""Home, discovery, and a service's own page: open to everybody, no account, no cookie."""

from flask import Response, request

from msewa.catalogue.finding import find_services
from msewa.catalogue.queries import catalogue, get_provider, get_service
from msewa.catalogue.routes import listing
from msewa.catalogue.routes.blueprint import bp
from msewa.catalogue.routes.citing import cite
from msewa.web.access import public
from msewa.web.pages import render_page

SHOWN_AT_HOME = 7


@bp.get("/")
@public
def home() -> Response:
    """Show the front page."""
    known = catalogue()
    popular = [known.services[one] for one in known.popular[:SHOWN_AT_HOME]]
    return render_page("catalogue/home.html", known=known, popular=popular)


@bp.get("/services")
@public
def search() -> Response:
    """List services, narrowed by what the address says; what it says of the unknown narrows nothing."""
    wanted = listing.read_wanted(request.args)
    results = find_services(wanted)
    response = render_page("catalogue/search.html", fragments={"results"}, **listing.present(wanted, results, request.args))
    response.headers["HX-Push-Url"] = listing.clean_address(wanted)  # without the empty choices of the form
    return response


@bp.get("/services/<slug>")
@public
def service(slug: str) -> Response:
    """Show one service: what, for whom, papers, fee, days, officer, what is asked and why, where the facts come from."""
    definition = get_service(slug)
    known = catalogue()
    return render_page(
        "catalogue/service.html",
        service=definition,
        provider=get_provider(definition.provider),
        known=known,
        district=known.districts.get(request.args.get("district", "")),
        source=cite(definition.source),
    )
