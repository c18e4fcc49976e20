"""Published texts: complete in three languages, and the same for ever."""

import re
from dataclasses import asdict
from typing import Any

import pytest
import yaml

from msewa.consents.rules import Notice
from msewa.consents.texts import NAMES, SHIPPED, get_notice, get_policy, list_versions
from msewa.web.errors import NoSuchRowError

LANGUAGES = ("en", "pa", "hi")
SCRIPTS = {"en": r"[A-Za-z]", "pa": r"[\u0A00-\u0A7F]", "hi": r"[\u0900-\u097F]"}
# What was published stays: another digest here means that published words were changed. New words are a new version.
PUBLISHED = {
    ("registration", "1.0", "en"): "fa159f94e315fa687d4bfcc7a5a366c3339835619107c12e5eac56f291adf85f",
    ("registration", "1.0", "pa"): "c61672c9ebad71456e64e9bf306dc979ff770c5e450d3c198c8e720cbebf8503",
    ("registration", "1.0", "hi"): "80cadaa7532f6c7b6464d4ca766f17a81ac0dd957e55fa35842b3f8989f0d865",
    ("policy", "1.0", "en"): "fbf14e3c2452e65d11eab518319d4fbf3a6dbb407ef6a5f3f51a3b4edcd86dc3",
    ("policy", "1.0", "pa"): "74848a4d4159d1a365c4a8aa2a73475526f75d6acd378677b32e9c14bc5d70bf",
    ("policy", "1.0", "hi"): "e1e18645847f852112fec20dbba39f6e9b473df07195236ac2bd7991a3d61286",
}


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [text for inner in (value.values() if isinstance(value, dict) else value) for text in strings(inner)]


def words(text: Notice) -> list[str]:
    return strings([{**asdict(section), "id": ""} for section in text.sections])


@pytest.mark.promise("P10")
@pytest.mark.parametrize(("name", "version", "language"), PUBLISHED)
def test_published_words_never_change(name: str, version: str, language: str) -> None:
    assert get_notice(name, language, version=version).sha256 == PUBLISHED[name, version, language]


def test_every_version_is_held_to_its_words() -> None:
    published = {(name, version, language) for name in NAMES for version in list_versions(name) for language in LANGUAGES}

    assert published == set(PUBLISHED)
    assert len(set(PUBLISHED.values())) == len(PUBLISHED)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_stands_in_its_own_language(name: str, language: str) -> None:
    text = get_notice(name, language, version=list_versions(name)[-1])

    assert [line for line in words(text) if not re.search(SCRIPTS[language], line)] == []
    for other in LANGUAGES[1:]:
        if other != language:
            assert [line for line in words(text) if re.search(SCRIPTS[other].replace("\\u0900-\\u097F", "\\u0900-\\u0963"), line)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_language_says_the_same_number_of_things(name: str) -> None:
    counts = {len(words(get_notice(name, language, version=list_versions(name)[-1]))) for language in LANGUAGES}

    assert len(counts) == 1
    content = yaml.safe_load((SHIPPED / f"{name}-{list_versions(name)[-1]}.yaml").read_text(encoding="utf-8"))
    assert all(set(leaf) == set(LANGUAGES) for leaf in leaves(content["sections"]))


def leaves(value: Any) -> list[dict[str, str]]:
    """Return every piece of text with its languages; an unquoted comma would show as a fourth one."""
    if isinstance(value, dict):
        return [value] if "en" in value else leaves(list(value.values()))
    return [leaf for inner in value for leaf in leaves(inner)] if isinstance(value, list) else []


@pytest.mark.promise("P31")
@pytest.mark.parametrize(("language", "said"), [("en", "carries our SMS"), ("pa", "SMS ਤੇ ਮੇਲ ਪਹੁੰਚਾਉਣ ਵਾਲੇ"), ("hi", "SMS और मेल पहुँचाने वाले")])
def test_the_policy_hides_no_receiver_not_even_who_carries_messages(language: str, said: str) -> None:
    receivers = next(section for section in get_policy("1.0", language).sections if section.id == "receivers")

    assert said in " ".join(strings(asdict(receivers)))


@pytest.mark.promise("P13")
def test_the_policy_says_what_is_never_collected() -> None:
    never = next(section for section in get_policy("1.0", "en").sections if section.id == "never")
    said = " ".join(strings(asdict(never)))

    for thing in ("IMEI", "IMSI", "place on the map", "Which pages you read", "whole Aadhaar"):
        assert thing in said


@pytest.mark.parametrize("version", ["0.9", "2", "", "../registration-1.0", "1.0/../1.0", "x" * 300])
def test_a_version_that_was_never_published_is_not_found(version: str) -> None:
    if version:
        with pytest.raises(NoSuchRowError):
            get_policy(version, "en")
    with pytest.raises(NoSuchRowError):
        get_notice("policy", "en", version=version or "none")
