"""Checking the catalogue's files before they are loaded: a definition with a fault never goes live."""

import json
import re
from collections.abc import Container, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from msewa.catalogue.building import build_definitions
from msewa.catalogue.sources import FOLDER, Sources, read_sources

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

Record = dict[str, Any]
LANGUAGES = ("en", "pa", "hi")
# The danda is written in both Indian scripts though it is coded in one.
LETTERS = {"pa": re.compile(r"[\u0a00-\u0a7f]"), "hi": re.compile(r"[\u0900-\u0963\u0966-\u097f]")}
LATIN_WORD = re.compile(r"[a-z]{3}")
PLACEHOLDER = re.compile(r"\{\w+\}")


def find_problems(sources: Sources | None = None) -> list[str]:
    """Return what is wrong, one sentence each; nothing when the catalogue may be loaded."""
    sources = sources or read_sources()
    unfit = [*_dangling_needs(sources), *_against_schema("field", sources["fields"]["fields"])]
    if unfit:  # nothing can be built from facts that name what isn't there
        return unfit
    definitions = build_definitions(sources)
    return [
        *_against_schema("definition", definitions.values()),
        *(problem for definition in definitions.values() for problem in _in_steps(definition)),
        *_in_limits(definitions.values(), bank=sources["fields"]["fields"]),
        *_dangling(sources),
        *(f"{name}.yaml: {problem}" for name, content in sources.content.items() for problem in _in_words(content, at="")),
    ]


@cache
def _validator(kind: str) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    schema = json.loads((FOLDER / "definition.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator({**schema, "$ref": f"#/$defs/{kind}"})


def _against_schema(kind: str, rows: Iterable[Record]) -> Iterator[str]:
    # Loaded where a catalogue is checked: in a serving process it would only take up room.
    from jsonschema.exceptions import best_match

    for row in rows:
        fault = best_match(_validator(kind).iter_errors(row))
        if fault is not None:
            yield f"{row.get('id')}: {'.'.join(str(part) for part in fault.absolute_path) or kind}: {fault.message}"


def _in_steps(definition: Record) -> Iterator[str]:
    """Every field that is asked stands in one step, and no step asks for another."""
    asked = sorted(need["key"] for need in definition["fields"])
    stepped = sorted(key for step in definition["steps"] for key in step["fields"])
    if asked != stepped:
        yield f"{definition['id']}: its steps ask for {sorted(set(stepped) ^ set(asked)) or 'a field twice'}, its fields do not agree"


def _in_limits(definitions: Iterable[Record], *, bank: Iterable[Record]) -> Iterator[str]:
    """What chooses another time limit is a date that the service must be told; and words stand there for whom no one day is known."""
    dates = {row["id"] for row in bank if row["kind"] == "date"}
    for definition in definitions:
        limit = definition.get("other_limit")
        if limit is None:
            continue
        told = {need["key"] for need in definition["fields"] if need["required"]}
        if "of" in limit and limit["of"] not in dates & told:
            yield f"{definition['id']}: its other time limit is chosen by {limit['of']}, which is no date that it must be told"
        if definition["days"] is None or not definition["note"]:
            yield f"{definition['id']}: another time limit stands beside none, or without a note that names it"


def _ids(rows: Iterable[Record]) -> set[str]:
    return {row["id"] for row in rows}


def _missing(who: str, named: Iterable[str | None], known: Container[str], what: str) -> Iterator[str]:
    return (f"{who}: there is no {what} {one}" for one in named if one is not None and one not in known)


def _dangling_needs(sources: Sources) -> Iterator[str]:
    bank, papers = _ids(sources["fields"]["fields"]), _ids(sources["documents"]["documents"])
    for row in sources["services"]["services"]:
        yield from _missing(row["id"], row["fields_needed"], bank, "field")
        yield from _missing(row["id"], row.get("documents", ()), papers, "paper")
    lenders = {row["from"] for row in sources["default_steps"]["borrow"]}
    yield from _missing("default_steps.yaml", lenders, _ids(sources["handwritten"]["services"]), "definition")


def _dangling(sources: Sources) -> Iterator[str]:
    services, providers = _ids(sources["services"]["services"]), _ids(sources["providers"]["providers"])
    categories, channels = _ids(sources["services"]["categories"]), _ids(sources["channels"]["channels"])
    audiences = _ids(sources["channels"]["audiences"])
    for row in sources["services"]["services"]:
        yield from _missing(row["id"], [row["provider"]], providers, "provider")
        yield from _missing(row["id"], [row["category"]], categories, "category")
        yield from _missing(row["id"], row["channel"], channels, "channel")
        yield from _missing(row["id"], row["audience"], audiences, "audience")
    for row in sources["life_events"]["life_events"]:
        yield from _missing(row["id"], row["services"], services, "service")
        yield from _missing(row["id"], row["categories"], categories, "category")
    yield from _missing("popular", sources["services"]["meta"]["popular"]["services"], services, "service")
    yield from _missing("handwritten.yaml", _ids(sources["handwritten"]["services"]), services, "service")
    yield from _missing("channels.yaml", sources["channels"]["private_companies"], providers, "provider")
    kinds = {row["kind"] for row in sources["providers"]["providers"]}
    yield from _missing("providers.yaml", kinds, _ids(sources["channels"]["provider_kinds"]), "kind")
    policy_kinds = {row["policy_kind"] for row in sources["channels"]["provider_kinds"]}
    yield from _missing("channels.yaml", policy_kinds, _ids(sources["channels"]["policy_kinds"]), "kind of the policy")
    for row in sources["schemes"]["schemes"]:
        yield from _in_scheme(row, sources, services=services, providers=providers, channels=channels)


def _in_scheme(row: Record, sources: Sources, *, services: set[str], providers: set[str], channels: set[str]) -> Iterator[str]:
    words = {group: _ids(rows) for group, rows in sources["scheme_words"].items()}
    who = f"scheme {row['id']}"
    yield from _missing(who, [row["provider"]], providers, "provider")
    yield from _missing(who, [row["service"]], services, "service")
    yield from _missing(who, row["documents"], _ids(sources["documents"]["documents"]), "paper")
    yield from _missing(who, row["channel"], channels | words["channels"], "channel")
    yield from _missing(who, [row["status"]], words["statuses"], "status")
    yield from _missing(who, [row["level"]], words["levels"], "level")
    yield from _missing(who, [row["subject"]], words["subjects"] | {"self"}, "subject")
    yield from _missing(who, [row["benefit"]["period"]], _ids(sources["schemes"]["benefit_periods"]), "period")
    for rules in [row["eligibility"], *row["eligibility"].get("any_of", [])]:
        for rule, value in rules.items():
            yield from _in_rule(who, rule, value, words)


def _in_rule(who: str, rule: str, value: Any, words: dict[str, set[str]]) -> Iterator[str]:
    if rule == "any_of":
        return
    if isinstance(value, list):
        yield from _missing(who, value, words["values"], "word for")
    elif rule not in words["rules"] and f"{rule}={str(value).lower()}" not in words["rules"]:
        yield f"{who}: there are no words for {rule} {value}"


def _in_words(content: Any, *, at: str) -> Iterator[str]:
    """Find strings that are not there in all three languages, each in its script."""
    if isinstance(content, list):
        for place, one in enumerate(content):
            yield from _in_words(one, at=f"{at}.{one.get('id', place) if isinstance(one, dict) else place}")
    elif isinstance(content, dict):
        if content.keys() & set(LANGUAGES):
            yield from (f"{at.lstrip('.')}: {fault}" for fault in _in_three(content))
        else:
            for key, one in content.items():
                yield from _in_words(one, at=f"{at}.{key}")


def _in_three(words: Record) -> Iterator[str]:
    for language in LANGUAGES:
        text = words.get(language)
        if not isinstance(text, str) or not text.strip():
            yield f"no words in {language}"
            continue
        text = PLACEHOLDER.sub("", text)
        foreign = [script for code, script in LETTERS.items() if code != language and script.search(text)]
        # A form's number or an abbreviation may stand alone in every language; a word in small Latin letters was forgotten.
        if foreign or (language in LETTERS and not LETTERS[language].search(text) and LATIN_WORD.search(text)):
            yield f"{language} is written in another script: {text}"
