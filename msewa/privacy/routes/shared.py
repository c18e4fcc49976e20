"""Where it went."""

from typing import Any

from flask import Response, request

from msewa.catalogue.queries import catalogue
from msewa.privacy.granted import list_granted
from msewa.privacy.handed import list_handed
from msewa.privacy.queries import CHOICES, list_sent
from msewa.privacy.routes.blueprint import bp, person
from msewa.privacy.rules import HANDED_SHOWN, SENT_SHOWN
from msewa.privacy.shared import list_disclosures
from msewa.web.access import citizen
from msewa.web.clock import now
from msewa.web.errors import NoSuchRowError
from msewa.web.locale import language
from msewa.web.pages import render_page

FRAGMENTS = frozenset({"shared"})


@bp.get("/privacy/shared")
@citizen
def shared() -> Response:
    """Show what went to offices, or to an authority under law: what was in it, its seal, how long it is kept, whom to ask."""
    known = catalogue()
    wanted = request.args.get("provider")
    if wanted is not None and wanted not in known.providers:
        raise NoSuchRowError
    rows, older = list_sent(person().id, limit=SENT_SHOWN, before=request.args.get("before"), provider_id=wanted)
    disclosures = list_disclosures(person(), rows, known=known, language=language())
    shown: dict[str, Any] = {
        "disclosures": disclosures,
        "older": older,
        "provider": known.providers.get(wanted or ""),
        "known": known,
        "most": HANDED_SHOWN,
    }
    # These are few, and stand before the applications.
    is_first = wanted is None and "before" not in request.args
    shown["handed"] = list_handed(person(), limit=HANDED_SHOWN, known=known, language=language()) if is_first else []
    shown["granted"] = list_granted(person(), CHOICES.rows(account_id=person().id), limit=HANDED_SHOWN, now=now()) if is_first else []
    return render_page("privacy/shared.html", fragments=FRAGMENTS, **shown)
