"""What we hold, by category."""

from typing import Any

from flask import Response

from msewa.catalogue.queries import catalogue
from msewa.privacy.amounts import MOST_COUNTED, count_kept
from msewa.privacy.held import PLACES, gather_lines, list_categories, list_facts, list_lines
from msewa.privacy.routes.blueprint import bp, person
from msewa.web.access import citizen
from msewa.web.locale import language
from msewa.web.pages import render_page


@bp.get("/privacy/held")
@citizen
def held() -> Response:
    """List the categories of everything that can be held about her, and how much of it there is."""
    categories, kept = list_categories(language=language()), count_kept(person())
    return render_page("privacy/held.html", categories=categories, kept=kept, most=MOST_COUNTED)


@bp.get("/privacy/held/<category>")
@citizen
def held_category(category: str) -> Response:
    """Show one category, line by line, with why, until when and for whom."""
    gathered = gather_lines(list_lines(category, subject=person(), language=language()))
    facts = list_facts(person(), known=catalogue(), language=language()) if category == "profile" else []
    title, is_empty = dict(list_categories(language=language()))[category], not count_kept(person())[category]
    shown: dict[str, Any] = {"title": title, "gathered": gathered, "facts": facts, "place": PLACES[category], "is_empty": is_empty}
    return render_page("privacy/held_category.html", **shown)
