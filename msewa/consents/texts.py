"""Reading published texts: the shipped ones, and those that were published since into the installation's own folder."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask import current_app, has_app_context

from msewa.config import Settings
from msewa.consents.rules import Block, Notice, Section
from msewa.crypto.canonical import digest
from msewa.web.clock import day_of, now
from msewa.web.errors import NoSuchRowError

SHIPPED = Path(__file__).parent / "data"
NAMES = ("registration", "policy")

Stamped = tuple[Path, int]  # a file or folder, and when it last changed


def published() -> Path:
    """Return where this installation keeps what it published itself; it need not exist."""
    settings: Settings = current_app.extensions["settings"]
    return settings.data / "published"


def folders() -> tuple[Path, ...]:
    """Return where published texts lie, the shipped ones first."""
    return (SHIPPED, published()) if has_app_context() else (SHIPPED,)


def list_versions(name: str) -> tuple[str, ...]:
    """Return every published version of a text, oldest first."""
    return tuple(version for version, _ in _files(name))


def list_days(name: str) -> tuple[date, ...]:
    """Return the days on which the versions of a text came or come into force, oldest version first."""
    return tuple(_content(file)["effective_on"] for _, file in _files(name))


def get_current_version(name: str, *, today: date) -> str:
    """Return the version that holds on a day: the youngest that is in force, and before the first one that first one."""
    files = _files(name)
    in_force = [version for version, file in files if _content(file)["effective_on"] <= today]
    return in_force[-1] if in_force else files[0][0]


def get_notice(name: str, language: str, *, version: str) -> Notice:
    """Return one version of a notice in `language`; NoSuchRowError when it was never published."""
    file = dict(_files(name)).get(version) if name in NAMES else None
    if file is None:
        raise NoSuchRowError(name)
    return _read(file, name, version, language)


def get_registration_notice(language: str) -> Notice:
    """Return the notice that is shown today before an account is opened."""
    return get_notice("registration", language, version=get_current_version("registration", today=day_of(now())))


def get_policy(version: str, language: str) -> Notice:
    """Return one version of the privacy policy; NoSuchRowError when it was never published."""
    return get_notice("policy", language, version=version)


def _files(name: str) -> tuple[tuple[str, Stamped], ...]:
    return _listed(name, tuple(stamped_folders()))


def stamped_folders() -> Iterator[Stamped]:
    """Yield each folder of published texts with when it last changed."""
    # A folder's stamp changes with every file that comes: what another process publishes is seen without a restart.
    for folder in folders():
        try:
            yield folder, folder.stat().st_mtime_ns
        except FileNotFoundError:
            continue


@cache
def _listed(name: str, stamped: tuple[Stamped, ...]) -> tuple[tuple[str, Stamped], ...]:
    paths = [path for folder, _ in stamped for path in folder.glob(f"{name}-*.yaml")]
    files = [(path.stem.removeprefix(f"{name}-"), (path, path.stat().st_mtime_ns)) for path in paths]
    # By their numbers: as text 1.10 would stand before 1.9.
    return tuple(sorted(files, key=lambda file: [int(part) for part in file[0].split(".")]))


@cache
def _content(file: Stamped) -> dict[str, Any]:
    return yaml.safe_load(file[0].read_text(encoding="utf-8"))


@cache
def _read(file: Stamped, name: str, version: str, language: str) -> Notice:
    return notice_of(_content(file), name=name, version=version, language=language)


def notice_of(content: Mapping[str, Any], *, name: str, version: str, language: str) -> Notice:
    """Return a text, published or only drafted, as its file's content says it in one language."""
    sections = _in_language(content["sections"], language)
    words = {"name": name, "version": version, "language": language, "sections": sections}
    changes = _in_language(content.get("changes", []), language)
    if changes:
        words["changes"] = changes
    return Notice(
        name=name,
        version=version,
        language=language,
        effective_on=content["effective_on"],
        sections=tuple(Section(row["id"], row["title"], tuple(_block(block) for block in row["blocks"])) for row in sections),
        sha256=digest({**words, "effective_on": content["effective_on"].isoformat()}),
        changes=tuple(changes),
    )


def _in_language(value: Any, language: str) -> Any:
    """Return the same structure with each {en, pa, hi} as the words of one language."""
    if isinstance(value, dict):
        return value[language] if "en" in value else {key: _in_language(inner, language) for key, inner in value.items()}
    return [_in_language(inner, language) for inner in value] if isinstance(value, list) else value


def _block(row: dict[str, Any]) -> Block:
    return Block(row.get("text", ""), tuple(row.get("items", ())), tuple(tuple(cells) for cells in row.get("rows", ())))
