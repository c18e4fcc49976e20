"""What the public register says of providers: which services they give and which facts they may receive (P5)."""

from collections import defaultdict
from dataclasses import dataclass

from msewa.catalogue.rules import Definition, Provider, Words
from msewa.catalogue.snapshot import Catalogue


@dataclass(frozen=True, slots=True)
class Registered:
    """A provider with its kind in the policy's words, how many services it gives and how many facts it may receive across them."""

    provider: Provider
    kind: str
    services: int
    facts: int


@dataclass(frozen=True, slots=True)
class Received:
    """A fact that a provider may receive: its name in the question bank, each reason, and in how many of its services."""

    key: str
    purposes: list[Words]
    services: int


def list_providers(known: Catalogue, *, kind: str | None = None) -> list[Registered]:
    """List providers by the policy's kinds, all or one, within a kind those with the most services first."""
    services: dict[str, int] = defaultdict(int)
    facts: dict[str, set[str]] = defaultdict(set)
    for service in known.services.values():
        services[service.provider] += 1
        for need in service.fields:
            # By who receives each: that need not be who gives the service.
            facts[need.recipient].add(need.key)
    rows = [Registered(one, known.policy_kind_of[one.kind], services[one.id], len(facts[one.id])) for one in known.providers.values()]
    order = list(known.policy_kinds)
    chosen = [row for row in rows if kind in (None, row.kind)]
    return sorted(chosen, key=lambda row: (order.index(row.kind), -row.services, row.provider.id))


def list_services(provider_id: str, known: Catalogue) -> list[Definition]:
    """List what a provider gives, in the catalogue's order."""
    return [service for service in known.services.values() if service.provider == provider_id]


def list_needs(offered: list[Definition]) -> list[Received]:
    """List the facts asked for across these services, the most asked first, with each different reason."""
    purposes: dict[str, list[Words]] = defaultdict(list)
    services: dict[str, int] = defaultdict(int)
    for need in (need for service in offered for need in service.fields):
        services[need.key] += 1
        if need.purpose not in purposes[need.key]:
            purposes[need.key].append(need.purpose)
    order = sorted(services, key=lambda key: -services[key])
    return [Received(key, purposes[key], services[key]) for key in order]
