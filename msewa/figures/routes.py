"""Figures for everybody: the register, each table by month, and the same as CSV. Nothing here reads a row about a person."""

import csv
import io

from flask import Response, request, url_for
from flask_babel import gettext

from msewa.figures.queries import list_cells, list_releases
from msewa.figures.register import names, tables
from msewa.figures.rules import Table, shown_month
from msewa.web.access import blueprint, public
from msewa.web.errors import NoSuchRowError
from msewa.web.locale import language
from msewa.web.pages import render_page

bp = blueprint("figures", __name__)
SHOWN = 40
MONTHS_SHOWN = 12


@bp.get("/statistics")
@public
def index() -> Response:
    """Show which tables there are, their questions, and how nobody can be found in them (P43)."""
    return render_page("figures/index.html", tables=list(tables().values()), newest=next(iter(list_releases()), None), shown=shown_month)


@bp.get("/statistics/<table_id>")
@public
def table(table_id: str) -> Response:
    """Show one table for one published month, the newest unless told."""
    chosen, months = _get(table_id), list_releases()
    asked = request.args.get("month", "")
    month = asked if asked in months else next(iter(months), "")
    people = list_cells(chosen.id, months=[month])[month]
    labels = names(chosen.by)
    # By what is published, where a hidden number counts as nought: an order by the true ones would tell what the table hides.
    order = sorted(labels, key=lambda value: (-people.get(value, 0), labels[value][language()]))
    page = min(max(1, request.args.get("page", 1, type=int)), -(-len(order) // SHOWN))
    return render_page(
        "figures/table.html",
        table=chosen,
        month=month,
        months=months[:MONTHS_SHOWN],
        shown=shown_month,
        rows=[(value, labels[value], people.get(value)) for value in order[(page - 1) * SHOWN : page * SHOWN]],
        pages=_pages(chosen.id, month=month, page=page, of=-(-len(order) // SHOWN)),
    )


@bp.get("/statistics/<table_id>.csv")
@public
def download(table_id: str) -> Response:
    """Give one table of all published months as CSV: cells alone, "<10" where fewer people were counted."""
    chosen, months = _get(table_id), list_releases()
    numbers, labels = list_cells(chosen.id, months=months), names(chosen.by)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["month", chosen.by, "name", "people"])
    for month in months:
        for value in sorted(labels):
            # Names come from the catalogue and never from people, so no cell can be a formula of somebody's.
            writer.writerow([month, value, labels[value][language()], numbers[month].get(value, f"<{chosen.threshold}")])
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="msewa-{chosen.id}.csv"'
    return response


def _get(table_id: str) -> Table:
    found = tables().get(table_id)
    if found is None:
        raise NoSuchRowError(table_id)
    return found


def _pages(table_id: str, *, month: str, page: int, of: int) -> list[tuple[str, str | None]]:
    """Return the links for ui.pager; none where one page holds everything."""
    links: list[tuple[str, str | None]] = [(gettext("Page %(page)s of %(pages)s", page=page, pages=of), None)]
    if page > 1:
        links.insert(0, (gettext("Earlier page"), url_for("figures.table", table_id=table_id, month=month, page=page - 1)))
    if page < of:
        links.append((gettext("Next page"), url_for("figures.table", table_id=table_id, month=month, page=page + 1)))
    return links if of > 1 else []
