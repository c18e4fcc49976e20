"""Finding services: the search index over the catalogue, and narrowing by category, provider and district."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from msewa.catalogue.queries import catalogue
from msewa.catalogue.rules import Definition
from msewa.catalogue.search.entries import Reason, SearchEntry
from msewa.catalogue.search.index import SearchIndex
from msewa.catalogue.search.words import make_lexicon
from msewa.catalogue.snapshot import Catalogue, Record

_building = threading.Lock()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks for; None narrows nothing."""

    q: str = ""
    event: str | None = None
    category: str | None = None
    provider: str | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One service and why it is here; no reason when it is plain or nothing was typed."""

    service: Definition
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Results:
    """The services asked for, best first, with how many each category and provider would leave, and guesses when there are none."""

    found: list[Found]
    categories: list[tuple[str, int]]
    providers: list[tuple[str, int]]
    suggestions: list[Definition]


def find_services(wanted: Wanted) -> Results:
    """Search and narrow. A count says what choosing it would leave, the other choices kept."""
    known = catalogue()
    hits = _of_event(_hits(wanted, known), wanted.event, known)
    of_category = [hit for hit in hits if wanted.category in (None, hit.service.category)]
    of_provider = [hit for hit in hits if wanted.provider in (None, hit.service.provider)]
    found = [hit for hit in of_category if wanted.provider in (None, hit.service.provider)]
    suggestions = [] if found or not wanted.q else [known.services[one] for one in _services().suggest(wanted.q)]
    return Results(
        found=found,
        categories=_count(of_provider, lambda service: service.category, order=list(known.categories)),
        providers=_count(of_category, lambda service: service.provider, order=None),
        suggestions=suggestions,
    )


def _hits(wanted: Wanted, known: Catalogue) -> list[Found]:
    if not wanted.q:
        return [Found(service, None) for service in known.services.values()]
    # All of them: the counts beside the list are over everything that was found.
    return [Found(known.services[hit.id], hit.reason) for hit in _services().search(wanted.q, limit=len(known.services))]


def _of_event(hits: list[Found], event_id: str | None, known: Catalogue) -> list[Found]:
    """Keep what belongs to an event in life, its own services first."""
    event = next((one for one in known.life_events if one["id"] == event_id), None)
    if event is None:
        return hits
    first = {service_id: place for place, service_id in enumerate(event["services"])}
    kept = [hit for hit in hits if hit.service.id in first or hit.service.category in event["categories"]]
    return sorted(kept, key=lambda hit: first.get(hit.service.id, len(first)))


def _count(hits: list[Found], key: Callable[[Definition], str], *, order: list[str] | None) -> list[tuple[str, int]]:
    counted = Counter(key(hit.service) for hit in hits)
    return [(one, counted[one]) for one in order if counted[one]] if order else counted.most_common()


def find_schemes(q: str, *, level: str | None, provider: str | None) -> list[Record]:
    """Search schemes by words in any script, and narrow by level of government and provider."""
    known = catalogue()
    ids = [hit.id for hit in _index("schemes", _scheme_entries).search(q, limit=len(known.schemes))] if q else list(known.schemes)
    found = [known.schemes[one] for one in ids]
    return [scheme for scheme in found if level in (None, scheme["level"]) and provider in (None, scheme["provider"])]


def _services() -> SearchIndex:
    return _index("services", _service_entries)


def _index(name: str, entries: Callable[[Catalogue], list[SearchEntry]]) -> SearchIndex:
    """Return this process's index of that name, built once for each release of the catalogue."""
    known = catalogue()
    held: dict[str, tuple[int, SearchIndex]] = current_app.extensions.setdefault("search_indexes", {})
    if name not in held or held[name][0] != known.release:
        # Whoever waited here finds it built, and must not build it once more.
        with _building:
            if name not in held or held[name][0] != known.release:
                held[name] = (known.release, SearchIndex.build(entries(known), lexicon=make_lexicon(known.words)))
    return held[name][1]


def _service_entries(known: Catalogue) -> list[SearchEntry]:
    popular = set(known.popular)
    return [
        SearchEntry(
            id=service.id,
            names=dict(service.name),
            summary=service.summary["en"],
            keywords=service.keywords,
            categories=tuple(known.categories[service.category].values()),
            providers=tuple(known.providers[service.provider].name.values()),
            popular=service.id in popular,
        )
        for service in known.services.values()
    ]


def _scheme_entries(known: Catalogue) -> list[SearchEntry]:
    return [
        SearchEntry(
            id=scheme["id"],
            names=scheme["name"],
            summary=scheme["summary"]["en"],
            keywords=known.services[scheme["service"]].keywords if scheme["service"] in known.services else (),
            providers=tuple(known.providers[scheme["provider"]].name.values()),
        )
        for scheme in known.schemes.values()
    ]
