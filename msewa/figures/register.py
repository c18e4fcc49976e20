"""The register of published tables, read from its file; what each counts people by, with its values and their names."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from msewa.catalogue.queries import catalogue
from msewa.config import LANGUAGES
from msewa.figures.rules import By, Table

FILE = Path(__file__).parent / "data" / "tables.yaml"


@cache
def tables() -> MappingProxyType[str, Table]:
    """Return every table by its id, in the register's order."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return MappingProxyType({row["id"]: Table(**row) for row in rows})


def names(by: By) -> dict[str, Mapping[str, str]]:
    """Return every value that people are counted by, with its name in three languages: those without anybody too."""
    known = catalogue()
    if by == "service":
        return {service.id: service.name for service in known.services.values()}
    if by == "category":
        return dict(known.categories)
    if by == "provider":
        return {provider.id: provider.name for provider in known.providers.values()}
    # A language is called by its own name, whatever the page is in.
    return {code: dict.fromkeys(("en", "pa", "hi"), name) for code, name in LANGUAGES}
