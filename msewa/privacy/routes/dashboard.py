"""The dashboard: every part begun, each with a way to the whole of it."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from msewa.accounts.people import Person
from msewa.catalogue.queries import catalogue
from msewa.consents.switches import list_by_law
from msewa.hot import together
from msewa.notifications.queries import list_messages
from msewa.privacy.granted import Granted, list_granted
from msewa.privacy.handed import list_handed
from msewa.privacy.held import list_categories
from msewa.privacy.looks import show_look
from msewa.privacy.naming import name_message, name_state
from msewa.privacy.queries import CHOICES, list_allowed, list_page_of_looks, list_sent
from msewa.privacy.routes.blueprint import bp, person
from msewa.privacy.routes.looks import note_reading, number_in
from msewa.privacy.rules import LOOKS_BEGUN, SENT_BEGUN
from msewa.privacy.shared import definition_of
from msewa.web.access import citizen
from msewa.web.clock import now
from msewa.web.locale import language
from msewa.web.pages import render_page

FRAGMENTS = frozenset({"looks", "shared"})


@bp.get("/privacy")
@citizen
def dashboard() -> Response:
    """Show what we hold, who looked, what she allowed, where it went, messages, and the ways out; opening only the rows shown."""
    her = person()
    with together():
        note_reading(her)
        choices = CHOICES.rows(account_id=her.id)
        granted = list_granted(her, choices, limit=SENT_BEGUN, now=now())
        shown = {**_looks(her), **_shared(her, granted), **_rest(her)}
        shown |= {"allowed": list_allowed(choices, now=now()), "portals": [one for one in granted if one.is_on]}
    return render_page("privacy/dashboard.html", fragments=FRAGMENTS, **shown)


def _looks(her: Person) -> dict[str, Any]:
    rows, older = list_page_of_looks(her, limit=LOOKS_BEGUN, before=number_in("looks"))
    known = catalogue()
    return {"looks": [show_look(row, known=known, language=language(), herself=her.id) for row in rows], "older_looks": older}


def _shared(her: Person, granted: Sequence[Granted]) -> dict[str, Any]:
    rows, older = list_sent(her.id, limit=SENT_BEGUN, before=request.args.get("sent"))
    known = catalogue()
    sent = [(row, known.providers.get(row.provider_id), definition_of(row, known=known).name[language()]) for row in rows]
    # What a law took, and who may ask, stand before the applications and not once more before older ones.
    is_first = "sent" not in request.args
    handed = list_handed(her, limit=SENT_BEGUN, known=known, language=language()) if is_first else []
    return {"sent": sent, "older_sent": older, "handed": handed, "granted": granted if is_first else []}


def _rest(her: Person) -> dict[str, Any]:
    messages = list_messages(her.id, limit=1)
    return {
        "categories": list_categories(language=language()),
        "by_law": list_by_law(),
        "messages": [(row, name_message(row.template), name_state(row.state)) for row in messages],
    }
