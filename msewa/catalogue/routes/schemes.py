"""Schemes: the list, and one scheme with its benefit and who may ask for it: open to everybody."""

from flask import Response, request

from msewa.catalogue.finding import find_schemes
from msewa.catalogue.queries import catalogue, get_scheme
from msewa.catalogue.routes import benefits
from msewa.catalogue.routes.blueprint import bp
from msewa.catalogue.routes.citing import cite
from msewa.catalogue.routes.listing import read_words
from msewa.catalogue.routes.paging import address_of, cut
from msewa.web.access import public
from msewa.web.pages import render_page

SHOWN_AT_ONCE = 15  # with their summaries, so that the page stays light


@bp.get("/schemes")
@public
def schemes() -> Response:
    """List schemes, narrowed by words, level of government and provider."""
    known = catalogue()
    offered = {scheme["provider"] for scheme in known.schemes.values()}
    options = {"level": known.scheme_words["levels"], "provider": offered}
    narrowed = {name: value for name, ids in options.items() if (value := request.args.get(name)) in ids}
    q = read_words(request.args)
    found = find_schemes(q, level=narrowed.get("level"), provider=narrowed.get("provider"))
    asked = {"q": q, **narrowed}
    page = cut(found, request.args, lambda number: address_of("/schemes", {**asked, "page": number}), size=SHOWN_AT_ONCE)
    response = render_page(
        "catalogue/schemes.html",
        fragments={"results"},
        q=q,
        narrowed=narrowed,
        count=len(found),
        shown=[(scheme, benefits.describe(scheme["benefit"], known)) for scheme in page.rows],
        pages=page.links,
        providers=[one for one in known.providers.values() if one.id in offered],
        known=known,
    )
    response.headers["HX-Push-Url"] = address_of("/schemes", asked)
    return response


@bp.get("/schemes/<slug>")
@public
def scheme(slug: str) -> Response:
    """Show one scheme: what one gets, who may ask, which papers, where the facts come from."""
    chosen, known = get_scheme(slug), catalogue()
    return render_page(
        "catalogue/scheme.html",
        scheme=chosen,
        benefit=benefits.describe(chosen["benefit"], known),
        conditions=benefits.list_conditions(chosen["eligibility"], known),
        either=[benefits.list_conditions(rules, known) for rules in chosen["eligibility"].get("any_of", [])],
        provider=known.providers[chosen["provider"]],
        service=known.services.get(chosen["service"] or ""),
        source=cite(chosen["source"]),
        known=known,
    )
