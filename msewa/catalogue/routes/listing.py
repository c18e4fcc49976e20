"""What the list of services shows around its rows: facets with counts, chips that take them away, reasons."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from msewa.catalogue.finding import Found, Results, Wanted
from msewa.catalogue.queries import catalogue
from msewa.catalogue.routes.paging import address_of, cut
from msewa.catalogue.rules import Definition, ProviderKind, Words
from msewa.catalogue.search.entries import Reason
from msewa.catalogue.snapshot import Catalogue
from msewa.web.filters import say
from msewa.web.forms import clean_text

LONGEST_QUERY = 200
# Not Cf: the joiners among them belong to Indic words.
NO_CHARACTER = {"Cc", "Cn", "Co", "Cs"}
OFFICES_SHOWN = 12
ASKED = ("q", "event", "category", "provider", "district")


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
    return Wanted(q=read_words(arguments), **narrowed)


def read_words(arguments: Mapping[str, str]) -> str:
    """Read the words searched for: no longer than a sentence, without what is no letter, sign or space in any script."""
    typed = clean_text(arguments.get("q"))[:LONGEST_QUERY]
    return "".join(" " if unicodedata.category(one) in NO_CHARACTER else one for one in typed).strip()


def present(wanted: Wanted, results: Results, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page's template needs beside the results."""
    known = catalogue()
    kept = {name: getattr(wanted, name) for name in ASKED}
    page = cut(results.found, arguments, lambda number: address_of("/services", {**kept, "page": number}))
    return {
        "wanted": wanted,
        "count": len(results.found),
        "shown": [(hit.service, _about(hit, wanted, known)) for hit in page.rows],
        "pages": page.links,
        "facets": _facets(wanted, results, known),
        "chips": [(label, address_of("/services", {**kept, name: None})) for name, label in _labels(wanted, known)],
        "suggestions": [(service, say(known.categories[service.category])) for service in results.suggestions],
    }


def clean_address(wanted: Wanted) -> str:
    """Return the address that says what is wanted and no more."""
    return address_of("/services", {name: getattr(wanted, name) for name in ASKED})


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
    categories = _kept(results.categories, wanted.category)
    # Only the offices with the most services, so that the page stays light.
    providers = _kept(results.providers[:OFFICES_SHOWN], wanted.provider, counts=dict(results.providers))
    return [
        Facet("category", gettext("What about"), wanted.category, [(one, say(known.categories[one]), n) for one, n in categories]),
        Facet("provider", gettext("Which office"), wanted.provider, [(one, say(known.providers[one].name), n) for one, n in providers]),
        Facet("district", gettext("District"), wanted.district, [(one, say(row["name"]), None) for one, row in known.districts.items()]),
    ]


def _kept(choices: list[tuple[str, int]], chosen: str | None, *, counts: Mapping[str, int] | None = None) -> list[tuple[str, int]]:
    """A chosen one stays in its list, even when it leaves nothing: or the next press would drop it unseen."""
    if chosen is None or any(one == chosen for one, _ in choices):
        return choices
    return [*choices, (chosen, (counts or {}).get(chosen, 0))]


def _about(hit: Found, wanted: Wanted, known: Catalogue) -> str:
    """Say who gives the service, and why it was found where its name does not show it."""
    provider = known.providers[hit.service.provider]
    giver = say(provider.name)
    if wanted.district and provider.kind == ProviderKind.LOCAL_BODY:
        giver = gettext("given by your town's body in %(district)s", district=say(known.districts[wanted.district]["name"]))
    reason = _reason(hit.reason, hit.service, known, typed=wanted.q) if hit.reason else ""
    return f"{giver} · {reason}" if reason else giver


def _reason(reason: Reason, service: Definition, known: Catalogue, *, typed: str) -> str:
    if reason.kind == "category":
        return say(known.categories[service.category])
    if reason.words in ("", say(service.name)):
        return gettext("its description says so") if reason.kind == "meaning" else ""
    if reason.kind == "meaning" and not set(reason.words.split()) <= set(typed.lower().split()):
        return gettext("fits what you wrote")  # the search has them romanised, not as they were typed
    told = {
        "spelling": gettext("sounds like “%(words)s”", words=reason.words),
        "meaning": gettext("matches “%(words)s”", words=reason.words),
        "provider": "",
    }
    return told.get(reason.kind, gettext("also called “%(words)s”", words=reason.words))
