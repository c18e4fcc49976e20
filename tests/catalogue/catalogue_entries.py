"""The real catalogue as search entries, for tests and for measuring."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from msewa.catalogue.search.entries import SearchEntry

DATA = Path(__file__).parents[2] / "msewa" / "catalogue" / "data"


def read_yaml(path: Path) -> Any:
    """Read a file of plain YAML values, quickly where libyaml is there."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def read_phrasings() -> Any:
    """The judged phrasings, and the hopeless ones."""
    return read_yaml(Path(__file__).parent / "phrasings.yaml")


def read_entries() -> list[SearchEntry]:
    """Every service and complaint type of the catalogue."""
    catalogue = read_yaml(DATA / "services.yaml")
    providers = {provider["id"]: provider["name"] for provider in read_yaml(DATA / "providers.yaml")["providers"]}
    categories = {category["id"]: category["name"] for category in catalogue["categories"]}
    popular = frozenset(catalogue["meta"]["popular"]["services"])
    return [
        _entry(
            service,
            categories[service["category"]],
            providers[service["provider"]],
            is_popular=service["id"] in popular,
        )
        for service in catalogue["services"]
    ]


def _entry(service: Mapping[str, Any], category: Mapping[str, str], provider: Mapping[str, str], *, is_popular: bool) -> SearchEntry:
    return SearchEntry(
        service["id"],
        service["name"],
        summary=service["summary"]["en"],
        keywords=tuple(str(keyword) for keyword in service["keywords"]),
        categories=tuple(category.values()),
        providers=tuple(provider.values()),
        popular=is_popular,
    )
