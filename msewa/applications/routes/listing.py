"""The list of one's own applications. A hot page: the columns it shows, and nothing opened but the name in the header."""

from flask import Response, request

from msewa.applications.queries import Row, list_own
from msewa.applications.references import show_reference
from msewa.applications.routes.blueprint import person
from msewa.applications.rules import MOST_DRAFTS
from msewa.catalogue.queries import catalogue, get_definition
from msewa.catalogue.rules import Definition
from msewa.web.filters import show_date
from msewa.web.locale import language
from msewa.web.pages import render_page

# A row as the template shows it: reference, name, state, when, due date. Plain tuples: a page makes twenty.
Listed = tuple[str, str, str, str, str | None]


def list_page(*, too_many: bool = False, status: int = 200) -> Response:
    """Show a page of one's applications, newest first."""
    rows, has_more = list_own(person().id, before=request.args.get("before"))
    services, lang = catalogue().services, language()
    listed = [_listed(row, services.get(row[1]), lang=lang) for row in rows]
    last = listed[-1][0] if has_more else None
    return render_page("applications/index.html", status=status, rows=listed, older_than=last, too_many=too_many, most=MOST_DRAFTS)


def _listed(row: Row, live: Definition | None, *, lang: str) -> Listed:
    reference, service_id, version, state, at, due_on = row
    name = (live or get_definition(service_id, version)).name[lang]
    return show_reference(reference), name, state, show_date(at), show_date(due_on) if due_on else None
