"""The list of one's own applications. A hot page: the columns it shows, and nothing opened but the name in the header."""

from typing import NamedTuple

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


class Listed(NamedTuple):
    """A row as the template shows it."""

    ref: str
    name: str
    state: str
    on: str
    due_on: str | None


def list_page(*, too_many: bool = False, status: int = 200) -> Response:
    """Show a page of one's applications, newest first."""
    rows, has_more = list_own(person().id, before=request.args.get("before"))
    services, lang = catalogue().services, language()
    listed = [_listed(row, services.get(row.service_id), lang=lang) for row in rows]
    last = listed[-1].ref if has_more else None
    return render_page("applications/index.html", status=status, rows=listed, older_than=last, too_many=too_many, most=MOST_DRAFTS)


def _listed(row: Row, live: Definition | None, *, lang: str) -> Listed:
    name = (live or get_definition(row.service_id, row.service_version)).name[lang]
    due_on = show_date(row.due_on) if row.due_on else None
    return Listed(show_reference(row.reference), name, row.state, show_date(row.at), due_on)
