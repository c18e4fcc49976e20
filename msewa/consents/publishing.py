"""Publishing: a new version of the policy or of a purpose, whole in three languages, added beside the old ones for good.

Each is a file of its own in the installation's folder, in the same form as those that ship with the product. Nothing that was published
is ever changed: whoever said yes to it must find the same words again.
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml

from msewa.consents.purposes import PurposeError, every_version, purpose_of
from msewa.consents.rules import Purpose
from msewa.consents.texts import list_days, list_versions, published

LANGUAGES = {"en", "pa", "hi"}
POLICY_KEYS = {"name", "version", "effective_on", "sections", "changes"}


class NotPublishableError(ValueError):
    """A draft is not whole, or would change what was published; the message says what is wrong, in one line."""


def check_policy(text: str, *, today: date) -> str:
    """Return the version that a draft of the policy (YAML) would have; raises NotPublishableError."""
    draft = _mapping(_read(text))
    if draft.keys() != POLICY_KEYS or draft["name"] != "policy":
        raise NotPublishableError(f"A policy has {', '.join(sorted(POLICY_KEYS))}, and nothing else.")
    version = str(draft["version"])
    if not all(part.isascii() and part.isdecimal() for part in version.split(".")) or _order(version) <= _order(
        list_versions("policy")[-1]
    ):
        raise NotPublishableError("The version must be a number after the last one, such as 2.0.")
    _check_day(draft["effective_on"], today=today)
    _check_words([draft["sections"], draft["changes"]])
    if not all(isinstance(section, dict) and {"id", "title", "blocks"} == section.keys() for section in draft["sections"]):
        raise NotPublishableError("Each section has id, title and blocks.")
    return version


def publish_policy(text: str, *, today: date) -> str:
    """Publish a draft of the policy; return its version. It is shown to everybody at the next sign-in after it comes into force."""
    version = check_policy(text, today=today)
    _add(published() / f"policy-{version}.yaml", text)
    return version


def check_purposes(text: str, *, today: date) -> list[Purpose]:
    """Return the purposes that a draft (a YAML list) would add or raise; raises NotPublishableError."""
    draft = _read(text)
    if not isinstance(draft, list) or not draft:
        raise NotPublishableError("Purposes are a list of entries.")
    try:
        found = [purpose_of(_mapping(row)) for row in cast(list[Any], draft)]
    except (PurposeError, KeyError, TypeError, ValueError) as error:
        raise NotPublishableError("A purpose lacks something, or has more than it may.") from error
    for purpose in found:
        _check_day(purpose.effective_on, today=today)
        _check_place(purpose)
    return found


def publish_purposes(text: str, *, today: date) -> list[Purpose]:
    """Publish new purposes, or new versions of purposes: from that day on everybody is "not asked" for each of them (P44)."""
    found = check_purposes(text, today=today)
    first = found[0]
    _add(published() / f"purposes-{first.id}-{first.version}.yaml", text)
    return found


def _read(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise NotPublishableError("The draft is not YAML.") from error


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotPublishableError("The draft is not what it should be: an entry has no names.")
    return cast(dict[str, Any], value)


def _check_day(day: Any, *, today: date) -> None:
    if not isinstance(day, date) or day < today:
        raise NotPublishableError("It comes into force today or later: effective_on must be such a day.")


def _check_place(purpose: Purpose) -> None:
    """Refuse a version that does not follow the last one of its purpose or comes without a policy, and another purpose's number."""
    known = every_version()
    versions = [version for other, version in known if other == purpose.id]
    if purpose.version != max(versions, default=0) + 1:
        raise NotPublishableError(f"The next version of {purpose.id} is {max(versions, default=0) + 1}.")
    if purpose.effective_on not in list_days("policy"):
        raise NotPublishableError("A new purpose needs a new version of the policy: publish that first, for the same day.")
    if any(one.number == purpose.number and one.id != purpose.id for one in known.values()):
        raise NotPublishableError(f"Another purpose has the number {purpose.number}.")


def _check_words(value: Any) -> None:
    if [leaf for leaf in _leaves(value) if leaf.keys() != LANGUAGES or not all(str(words).strip() for words in leaf.values())]:
        raise NotPublishableError("A sentence is not there in all three languages.")


def _leaves(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        mapping = cast(dict[str, Any], value)
        if LANGUAGES & mapping.keys():
            yield mapping
        else:
            yield from _leaves(list(mapping.values()))
    elif isinstance(value, list):
        for inner in cast(list[Any], value):
            yield from _leaves(inner)


def _order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _add(path: Path, text: str) -> None:
    """Put a whole file in its place at once; FileExistsError where something was published under this name."""
    path.parent.mkdir(mode=0o755, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(text, encoding="utf-8")
    try:
        # A link, not a rename: it never replaces what is there.
        os.link(draft, path)
    except FileExistsError as error:
        raise NotPublishableError("This version was published already.") from error
    finally:
        draft.unlink()
