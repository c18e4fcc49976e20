"""Reading published texts."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from msewa.consents.rules import Block, Notice, Section
from msewa.crypto.canonical import digest
from msewa.web.errors import NoSuchRowError

FOLDER = Path(__file__).parent / "data"
CURRENT = {"registration": "1.0", "policy": "1.0"}


@cache
def list_versions(name: str) -> tuple[str, ...]:
    """Return every published version of a text, oldest first."""
    versions = [path.stem.removeprefix(f"{name}-") for path in FOLDER.glob(f"{name}-*.yaml")]
    return tuple(sorted(versions, key=lambda version: [int(part) for part in version.split(".")]))


def get_notice(name: str, language: str, *, version: str | None = None) -> Notice:
    """Return a notice in `language`, the current version unless told; NoSuchRowError when it was never published."""
    if name not in CURRENT:
        raise NoSuchRowError(name)
    version = version or CURRENT[name]
    if version not in list_versions(name):
        raise NoSuchRowError(name)
    return _read(name, version, language)


def get_registration_notice(language: str) -> Notice:
    """Return the notice that is shown before an account is opened."""
    return get_notice("registration", language)


def get_policy(version: str, language: str) -> Notice:
    """Return one version of the privacy policy; NoSuchRowError when it was never published."""
    return get_notice("policy", language, version=version)


@cache
def _content(name: str, version: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}-{version}.yaml").read_text(encoding="utf-8"))


@cache
def _read(name: str, version: str, language: str) -> Notice:
    content = _content(name, version)
    sections = _in_language(content["sections"], language)
    words = {"name": name, "version": version, "language": language, "sections": sections}
    return Notice(
        name=name,
        version=version,
        language=language,
        effective_on=content["effective_on"],
        sections=tuple(Section(row["id"], row["title"], tuple(_block(block) for block in row["blocks"])) for row in sections),
        sha256=digest({**words, "effective_on": content["effective_on"].isoformat()}),
    )


def _in_language(value: Any, language: str) -> Any:
    """Return the same structure with each {en, pa, hi} as the words of one language."""
    if isinstance(value, dict):
        return value[language] if "en" in value else {key: _in_language(inner, language) for key, inner in value.items()}
    return [_in_language(inner, language) for inner in value] if isinstance(value, list) else value


def _block(row: dict[str, Any]) -> Block:
    return Block(row.get("text", ""), tuple(row.get("items", ())), tuple(tuple(cells) for cells in row.get("rows", ())))
