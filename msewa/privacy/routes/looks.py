"""Who looked."""

from typing import Any

from flask import Response, request

from msewa.accounts.people import Person
from msewa.catalogue.queries import catalogue
from msewa.extensions import db, writing
from msewa.ledger.operations import note_own_reading
from msewa.privacy.looks import show_look
from msewa.privacy.months import month_of
from msewa.privacy.queries import has_read_today, list_page_of_looks
from msewa.privacy.routes.blueprint import bp, person
from msewa.privacy.rules import LOOKS_SHOWN
from msewa.web.access import citizen
from msewa.web.clock import now
from msewa.web.errors import NoSuchRowError
from msewa.web.locale import language
from msewa.web.pages import render_page

FRAGMENTS = frozenset({"looks"})
LONGEST_NUMBER = 18  # so many digits always fit the database's whole numbers


@bp.get("/privacy/looks")
@citizen
def looks() -> Response:
    """Show everybody's looks at her data, newest first; with `all` her own acts too, with `month` one month's."""
    note_reading(person())
    month, own = month_of(request.args.get("month", "")), "all" in request.args
    rows, older = list_page_of_looks(person(), limit=LOOKS_SHOWN, before=number_in("before"), own=own, month=month)
    known = catalogue()
    shown: dict[str, Any] = {
        "looks": [show_look(row, known=known, language=language(), herself=person().id) for row in rows],
        "older": older,
        "own": own,
        "month": month,
        "is_later_page": "before" in request.args,
    }
    return render_page("privacy/looks.html", fragments=FRAGMENTS, **shown)


def number_in(argument: str) -> int | None:
    """Return the ledger's number that an address names; None when it names none, NoSuchRowError when it can be none."""
    text = request.args.get(argument)
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise NoSuchRowError
    return int(text)


def note_reading(reader: Person) -> None:
    """Note in her ledger, once a day, that she read it herself."""
    moment = now()
    if has_read_today(reader.id, today=moment.date()):
        return
    # A transaction that has read can't become one that writes (SQLite).
    db.session.rollback()
    with writing():
        note_own_reading(reader, actor=reader.actor, now=moment)
        db.session.commit()
