"""What the list of services shows around its rows: facets with counts, chips that take them away, pages, reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext

from msewa.catalogue.finding import PAGE_SIZE, Found, Results, Wanted
from msewa.catalogue.queries import catalogue
from msewa.catalogue.rules import ProviderKind, Words
from msewa.catalogue.snapshot import Catalogue
from msewa.web.filters import say
from msewa.web.forms import ascii_digits, clean_text

LONGEST_QUERY = 200
OFFICES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow: its choices with how many services each would leave (None: all the same)."""

    name: str
    title: str
    chosen: str | None
    choices: list[tuple[str, str, int | None]]


def read_wanted(arguments: Mapping[str, str]) -> Wanted:
    """Read what is asked for; an unknown category, provider, district or event is as if it weren't there."""
    known = catalogue()
    options = {
        "event": {event["id"] for event in known.life_events},
        "category": known.categories,
        "provider": known.providers,
        "district": known.districts,
    }
    narrowed = {name: value for name, ids in options.items() if (value := arguments.get(name, "")) in ids}
    return Wanted(q=clean_text(arguments.get("q"))[:LONGEST_QUERY], **narrowed)


def present(wanted: Wanted, results: Results, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page's template needs beside the results."""
    known = catalogue()
    pages = max(1, -(-len(results.found) // PAGE_SIZE))
    page = min(_page_number(arguments.get("page", "1")), pages)
    kept = {name: getattr(wanted, name) for name in ("q", "event", "category", "provider", "district")}
    return {
        "wanted": wanted,
        "shown": [(hit.service, _about(hit, wanted, known)) for hit in results.found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]],
        "facets": _facets(wanted, results, known),
        "chips": [(label, _address(kept, **{name: None})) for name, label in _labels(wanted, known)],
        "earlier": _address(kept, page=page - 1) if page > 1 else None,
        "later": _address(kept, page=page + 1) if page < pages else None,
        "page": page,
        "pages": pages,
        "suggestions": [(service, say(known.categories[service.category])) for service in results.suggestions],
    }


def _page_number(text: str) -> int:
    digits = ascii_digits(text)
    return max(1, int(digits)) if digits.isascii() and digits.isdecimal() and len(digits) < 4 else 1


def _address(kept: Mapping[str, Any], **changed: Any) -> str:
    asked = {name: value for name, value in {**kept, **changed}.items() if value}
    return "/services" + ("?" + urlencode(asked) if asked else "")


def _labels(wanted: Wanted, known: Catalogue) -> list[tuple[str, str]]:
    events: dict[str, Words] = {event["id"]: event["label"] for event in known.life_events}
    found = {
        "event": events.get(wanted.event or ""),
        "category": known.categories.get(wanted.category or ""),
        "provider": known.providers[wanted.provider].name if wanted.provider else None,
        "district": known.districts[wanted.district]["name"] if wanted.district else None,
    }
    return [(name, say(label)) for name, label in found.items() if label]


def _facets(wanted: Wanted, results: Results, known: Catalogue) -> list[Facet]:
    categories = [(one, say(known.categories[one]), count) for one, count in results.categories]
    offices = [(one, say(known.providers[one].name), count) for one, count in results.providers]
    # Only the offices with the most services, so that the page stays light; a chosen one is always among them.
    offices = [row for place, row in enumerate(offices) if place < OFFICES_SHOWN or row[0] == wanted.provider]
    districts = [(one, say(district["name"]), None) for one, district in known.districts.items()]
    return [
        Facet("category", gettext("What about"), wanted.category, categories),
        Facet("provider", gettext("Which office"), wanted.provider, offices),
        Facet("district", gettext("District"), wanted.district, districts),
    ]


def _about(hit: Found, wanted: Wanted, known: Catalogue) -> str:
    """Say who gives the service, and why it was found where its name does not show it."""
    provider = known.providers[hit.service.provider]
    parts = [say(provider.name)]
    if wanted.district and provider.kind == ProviderKind.LOCAL_BODY:
        parts = [gettext("your town's body in %(district)s", district=say(known.districts[wanted.district]["name"]))]
    reason = hit.reason
    if reason and reason.words and reason.kind in ("other_name", "keyword"):
        parts.append(gettext("also called %(words)s", words=reason.words))
    elif reason and reason.words and reason.kind == "meaning":
        parts.append(gettext("for: %(words)s", words=reason.words))
    elif reason and reason.kind == "spelling":
        parts.append(gettext("sounds like what you wrote"))
    elif reason and reason.kind == "category":
        parts.append(say(known.categories[hit.service.category]))
    return " · ".join(parts)
