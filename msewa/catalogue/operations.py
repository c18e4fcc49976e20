"""Loading the catalogue: again and again without loss; a definition that changed becomes a new version beside the old."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from msewa.catalogue.building import build_definitions
from msewa.catalogue.models import CatalogueDefinition, CatalogueList, CatalogueProvider, CatalogueRelease, CatalogueService
from msewa.catalogue.queries import STOPS, list_stops
from msewa.catalogue.rules import Category
from msewa.catalogue.sources import Sources, read_sources, source_digest
from msewa.crypto.canonical import digest
from msewa.extensions import db

Track = Callable[[Iterable[Any]], Iterable[Any]]


class UnknownCategoryError(ValueError):
    """A field is in no category of personal data, so it can't be published (P8)."""


def is_up_to_date() -> bool:
    """Whether the tables hold what the files say."""
    loaded = db.session.scalar(select(CatalogueRelease.digest).where(CatalogueRelease.id == 1))
    return loaded == source_digest()


def load_catalogue(*, now: datetime, sources: Sources | None = None, track: Track = lambda rows: rows) -> int:
    """Bring the tables up to the files; return how many definitions are new. `track` may show progress over an iterable.

    UnknownCategoryError when a field is in no category of personal data.
    """
    sources = sources or read_sources()
    _refuse_unknown_categories(sources["fields"]["fields"])
    _load_providers(sources["providers"]["providers"])
    made = _load_definitions(build_definitions(sources), track=track)
    for name, content in _lists(sources).items():
        db.session.merge(CatalogueList(name=name, content=_json(content)))
    # Counted up at each load, whatever changed: by this number every process knows that its copy is old.
    release = db.session.get(CatalogueRelease, 1)
    number = release.number + 1 if release else 1
    db.session.merge(CatalogueRelease(id=1, number=number, digest=sources.digest, loaded_at=now))
    db.session.flush()
    return made


def _refuse_unknown_categories(fields: list[dict[str, Any]]) -> None:
    unknown = [f"{row['id']}: {row.get('category')}" for row in fields if row.get("category") not in set(Category)]
    if unknown:
        raise UnknownCategoryError("; ".join(unknown))


def _lists(sources: Sources) -> dict[str, Any]:
    services = sources["services"]
    return {
        "categories": services["categories"],
        "popular": services["meta"]["popular"]["services"],
        "doorstep": services["meta"]["doorstep"],
        "fields": sources["fields"]["fields"],
        "papers": sources["documents"]["documents"],
        "channels": sources["channels"],
        "life_events": sources["life_events"]["life_events"],
        "places": {kind: sources["places"][kind] for kind in ("districts", "tehsils", "ulbs")},
        "schemes": sources["schemes"]["schemes"],
        "words": sources["words"],
        "scheme_words": sources["scheme_words"],
        "benefit_periods": sources["schemes"]["benefit_periods"],
    }


def _load_providers(rows: list[dict[str, Any]]) -> None:
    known = {row.id: row for row in db.session.scalars(select(CatalogueProvider))}
    for row in rows:
        provider = known.pop(row["id"], None)
        if provider is None:
            db.session.add(CatalogueProvider(id=row["id"], is_registered=True, content=_json(row)))
        else:
            provider.content = _json(row)  # a suspension stays
    for gone in known.values():  # off the register: it may receive nothing any more
        gone.is_registered = False


def _load_definitions(definitions: dict[str, dict[str, Any]], *, track: Track) -> int:
    live = {row.id: row for row in db.session.scalars(select(CatalogueService))}
    columns = (CatalogueDefinition.service_id, CatalogueDefinition.version, CatalogueDefinition.digest)
    rows = db.session.execute(select(*columns).order_by(CatalogueDefinition.version))
    last = {service_id: (version, seal) for service_id, version, seal in rows}  # the newest version wins
    made = 0
    for position, (service_id, content) in enumerate(track(list(definitions.items()))):
        seal = digest(content)
        version, known_seal = last.get(service_id, (0, None))
        if known_seal != seal:
            version += 1
            made += 1
            db.session.add(CatalogueDefinition(service_id=service_id, version=version, digest=seal, content=_json(content)))
        service = live.pop(service_id, None) or CatalogueService(id=service_id)
        service.version, service.position = version, position
        db.session.add(service)
    for gone in live.values():  # no longer offered; its definitions stay for the applications made under them
        db.session.delete(gone)
    return made


def suspend_provider(provider_id: str, *, why: str = "") -> None:
    """Stop every disclosure to a provider at once, and keep why."""
    row = db.session.get_one(CatalogueProvider, provider_id)
    row.is_registered = False
    announce()
    _keep_stops({**list_stops(), provider_id: why})


def reinstate_provider(provider_id: str) -> None:
    """Take a suspension back; one that went off the register meanwhile stays off until the catalogue's files have it again."""
    row = db.session.get_one(CatalogueProvider, provider_id)
    row.is_registered = provider_id in {one["id"] for one in read_sources()["providers"]["providers"]}
    announce()
    _keep_stops({one: why for one, why in list_stops().items() if one != provider_id})


def reinstate_providers() -> None:
    """Take back every suspension."""
    db.session.execute(update(CatalogueProvider).values(is_registered=True))
    announce()
    _keep_stops({})


def _keep_stops(stops: Mapping[str, str]) -> None:
    # All of them in one row: `announce` first, which lets one of several come here, or what another has just kept is lost.
    db.session.merge(CatalogueList(name=STOPS, content=_json(stops)))


def announce() -> None:
    """Let every process read the catalogue anew: pages say whether an office is stopped, and whether it has a gateway."""
    db.session.execute(update(CatalogueRelease).values(number=CatalogueRelease.number + 1))
    db.session.flush()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
