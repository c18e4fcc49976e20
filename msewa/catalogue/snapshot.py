"""The catalogue in memory: read once from the database, replaced when another process has loaded a new release."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select

from msewa.catalogue.models import CatalogueDefinition, CatalogueList, CatalogueProvider, CatalogueRelease, CatalogueService
from msewa.catalogue.rules import (
    Category,
    Definition,
    Field,
    FieldNeed,
    Option,
    OtherLimit,
    Paper,
    PaperNeed,
    Provider,
    ProviderKind,
    Step,
    Words,
)
from msewa.extensions import db

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a page may ask about services, by id, in the catalogue's order."""

    release: int
    services: dict[str, Definition]
    providers: dict[str, Provider]
    fields: dict[str, Field]
    papers: dict[str, Paper]
    categories: dict[str, Words]
    schemes: dict[str, Record]
    districts: dict[str, Record]
    tehsils: dict[str, Record]
    ulbs: dict[str, Record]
    popular: tuple[str, ...]
    life_events: tuple[Record, ...]
    channels: dict[str, Words]
    audiences: dict[str, Words]
    provider_kinds: dict[str, Words]
    policy_kinds: dict[str, Words]
    policy_kind_of: dict[str, str]
    private_company: Words
    doorstep: Record
    words: Record
    scheme_words: dict[str, dict[str, Words]]
    benefit_periods: dict[str, Words]


def read_release() -> int:
    """Return the number of the release in the database; 0 when nothing was loaded."""
    return db.session.scalar(select(CatalogueRelease.number).where(CatalogueRelease.id == 1)) or 0


def read_catalogue() -> Catalogue:
    """Read the whole catalogue."""
    release = read_release()  # first: what is loaded meanwhile is then noticed at the next look
    share = _sharing()
    rows = db.session.execute(select(CatalogueList.name, CatalogueList.content))
    lists = {row.name: json.loads(row.content, object_hook=share) for row in rows}
    channels, places = lists["channels"], lists["places"]
    private = set(channels["private_companies"])
    reachable = current_app.extensions["reachable"]()  # who has a gateway, which a lower feature can't ask itself
    # Those off the register too: what went to them still has to name them.
    providers = db.session.execute(select(CatalogueProvider.content, CatalogueProvider.is_registered).order_by(CatalogueProvider.id))
    return Catalogue(
        release=release,
        services={definition.id: definition for definition in _read_live(share)},
        providers={p.id: p for p in (_provider(json.loads(row.content), row.is_registered, private, reachable) for row in providers)},
        fields={row["id"]: _field(row) for row in lists["fields"]},
        papers={row["id"]: _paper(row) for row in lists["papers"]},
        categories={row["id"]: row["name"] for row in lists["categories"]},
        schemes=_by_id(lists["schemes"]),
        districts=_by_id(places["districts"]),
        tehsils=_by_id(places["tehsils"]),
        ulbs=_by_id(places["ulbs"]),
        popular=tuple(lists["popular"]),
        life_events=tuple(lists["life_events"]),
        channels=_labels(channels["channels"]),
        audiences=_labels(channels["audiences"]),
        provider_kinds=_labels(channels["provider_kinds"]),
        policy_kinds=_labels(channels["policy_kinds"]),
        policy_kind_of={row["id"]: row["policy_kind"] for row in channels["provider_kinds"]},
        private_company=channels["private_company"],
        doorstep=lists["doorstep"],
        words=lists["words"],
        scheme_words={group: _labels(rows) for group, rows in lists["scheme_words"].items()},
        benefit_periods=_labels(lists["benefit_periods"]),
    )


def _sharing() -> Callable[[Record], Record]:
    """Return a hook for json.loads that keeps what is equal once: the words of one question stand in hundreds of definitions."""
    records: dict[tuple[Any, ...], Record] = {}
    texts: dict[str, str] = {}

    def share(record: Record) -> Record:
        try:
            return records.setdefault(tuple(record.items()), record)
        except TypeError:  # it holds lists or records, which were shared before it
            return {key: texts.setdefault(value, value) if isinstance(value, str) else value for key, value in record.items()}

    return share


def _read_live(share: Callable[[Record], Record]) -> list[Definition]:
    pair = (CatalogueDefinition.service_id == CatalogueService.id) & (CatalogueDefinition.version == CatalogueService.version)
    columns = (CatalogueDefinition.version, CatalogueDefinition.digest, CatalogueDefinition.content)
    rows = db.session.execute(select(*columns).join(CatalogueService, pair).order_by(CatalogueService.position))
    return [to_definition(json.loads(row.content, object_hook=share), version=row.version, digest=row.digest) for row in rows]


def to_definition(content: Record, *, version: int, digest: str) -> Definition:
    """Turn stored content into a Definition."""
    taken: Record = {
        **content,
        "version": version,
        "digest": digest,
        "fields": tuple(_need(row) for row in content["fields"]),
        "papers": tuple(PaperNeed(**row) for row in content["papers"]),
        "steps": tuple(Step(title=row["title"], fields=tuple(row["fields"])) for row in content["steps"]),
        "channels": tuple(content["channels"]),
        "audience": tuple(content["audience"]),
        "keywords": tuple(content["keywords"]),
        # Earlier versions know of none.
        "other_limit": OtherLimit(**content["other_limit"]) if "other_limit" in content else None,
    }
    return Definition(**taken)


def _need(row: Record) -> FieldNeed:
    taken: Record = {**row, "options": _options(row["options"])}
    return FieldNeed(**taken)


def _by_id(rows: list[Record]) -> dict[str, Record]:
    return {row["id"]: row for row in rows}


def _labels(rows: list[Record]) -> dict[str, Words]:
    return {row["id"]: row["label"] for row in rows}


def _field(row: Record) -> Field:
    return Field(
        key=row["id"],
        category=Category(row["category"]),
        kind=row["kind"],
        label=row["label"],
        purpose=row["purpose"],
        hint=row.get("hint"),
        options=_options(row.get("options")) or (),
        max_length=row.get("max_length") or 200,
        autocomplete=row.get("autocomplete"),
        profile_section=row.get("profile_section"),
        sensitive=row.get("sensitive", False),
    )


def _options(rows: list[Record] | None) -> tuple[Option, ...] | None:
    return tuple(Option(row["id"], row["label"]) for row in rows) if rows else None


def _paper(row: Record) -> Paper:
    return Paper(row["id"], row["name"], row["purpose"], row.get("accepts"), row.get("made_by_us", False))


def _provider(row: Record, is_registered: bool, private: set[str], reachable: frozenset[str]) -> Provider:
    return Provider(
        id=row["id"],
        kind=ProviderKind(row["kind"]),
        name=row["name"],
        url=row.get("url"),
        source=row["source"],
        verified=row["verified"],
        is_private=row["id"] in private,
        is_registered=is_registered,
        is_reached=row["id"] in reachable,
    )
