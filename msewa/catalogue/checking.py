"""Checking the catalogue's files before they are loaded."""

from msewa.catalogue.building import build_definitions
from msewa.catalogue.rules import Category
from msewa.catalogue.sources import read_sources


def find_problems() -> list[str]:
    """Return what is wrong, one sentence each; nothing when the catalogue may be loaded."""
    sources = read_sources()
    build_definitions(sources)
    known = set(Category)
    return [f"fields.yaml: {row['id']}: unknown category {row['category']}" for row in sources["fields"]["fields"] if row["category"] not in known]
