"""The register of purposes: whole, read by code, and the same for ever."""

import ast
import importlib.util
from pathlib import Path

import pytest
import yaml
from flask import Flask

from msewa.catalogue.rules import Category
from msewa.consents.purposes import READERS, WORDS, PurposeError, every_version, is_read, purposes, shown
from msewa.consents.purposes import _all as read_register  # pyright: ignore[reportPrivateUsage]
from msewa.consents.rules import Ground
from msewa.consents.texts import SHIPPED, list_days
from msewa.inventory.reading import inventory
from msewa.notifications.rules import CHANNELS, TOPICS
from tests.installation import ROOT

ASKING = ("is_allowed(", "announce_to(")  # the second sends through the pipe that asks the first
PROMOTIONS = ("promo.own", "promo.gov", "promo.private")
LAWS = (
    "DPDP Act 2023, s. 6",
    "DPDP Act 2023, s. 7(b)",
    "DPDP Act 2023, s. 7(d), (e), (f)",
    "CERT-In Directions, 28 April 2022; DPDP Rules 2025, r. 6(1)",
)


def source_of(module: str) -> str:
    spec = importlib.util.find_spec(module)
    assert spec is not None, f"{module} is not there"
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")


def is_named_by(purpose_id: str, source: str) -> bool:
    """Whether a reader names a purpose: by its id, or as one of the topics or channels that it goes through."""
    if f'"{purpose_id}"' in source:
        return True
    return (purpose_id in TOPICS and "TOPICS" in source) or (purpose_id.removeprefix("channel.") in CHANNELS and "CHANNELS" in source)


@pytest.mark.promise("P34")
@pytest.mark.parametrize("purpose_id", purposes())
def test_every_purpose_has_a_reader_that_asks_before_it_acts(purpose_id: str) -> None:
    purpose = purposes()[purpose_id]

    source = source_of(purpose.reader)

    if purpose.is_choice:
        assert any(asking in source for asking in ASKING)
        assert is_named_by(purpose_id, source)


@pytest.mark.promise("P34")
def test_every_purpose_is_read_by_the_code_that_it_names_and_that_code_reads_no_other(app: Flask) -> None:
    with app.app_context():
        unread = [purpose.id for purpose in purposes().values() if not is_read(purpose)]
        assert unread == []
        assert app.extensions[READERS] == {(purpose.reader, purpose.id) for purpose in purposes().values()}


@pytest.mark.promise("P34")
def test_a_purpose_without_a_reader_is_refused(tmp_path: Path) -> None:
    rows = yaml.safe_load((SHIPPED / "purposes.yaml").read_text(encoding="utf-8"))

    for number, row in enumerate([{**rows[0], "reader": ""}, {key: value for key, value in rows[0].items() if key != "reader"}]):
        (tmp_path / "purposes.yaml").write_text(yaml.safe_dump([row]), encoding="utf-8")
        with pytest.raises(PurposeError):
            read_register(((tmp_path, number),))


@pytest.mark.promise("P44")
def test_a_version_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "purposes.yaml").write_text((SHIPPED / "purposes.yaml").read_text(encoding="utf-8") * 2, encoding="utf-8")

    with pytest.raises(PurposeError):
        read_register(((tmp_path, 0),))


@pytest.mark.promise("P38")
def test_promotion_is_three_purposes_of_their_own() -> None:
    found = [purposes()[purpose_id] for purpose_id in PROMOTIONS]

    assert [purpose.ground for purpose in found] == [Ground.CHOICE] * 3
    assert len({shown(purpose, "en").sha256 for purpose in found}) == 3
    assert all(purpose.valid_days == 365 for purpose in found)


@pytest.mark.promise("P10")
@pytest.mark.promise("P44")
def test_every_purpose_came_with_a_version_of_the_policy() -> None:
    assert {purpose.effective_on for purpose in every_version().values()} <= set(list_days("policy"))


@pytest.mark.promise("P4")
def test_every_purpose_says_its_law_and_ground() -> None:
    assert {purpose.law["en"] for purpose in purposes().values()} == set(LAWS)
    assert {purpose.id for purpose in purposes().values() if not purpose.is_choice} == {"account", "service", "security", "disclosure"}


@pytest.mark.promise("P8")
def test_categories_are_from_closed_lists() -> None:
    known = {str(category) for category in Category} | set(inventory().categories)

    assert {category for purpose in purposes().values() for category in purpose.categories} <= known


def test_every_purpose_is_said_in_three_languages_in_their_own_script() -> None:
    scripts = {"en": range(0x41, 0x7B), "pa": range(0x0A00, 0x0A80), "hi": range(0x0900, 0x0980)}
    for purpose in purposes().values():
        for key in WORDS:
            words = getattr(purpose, key)
            for language, script in scripts.items():
                assert any(ord(letter) in script for letter in words[language]), (purpose.id, key, language)


def test_numbers_are_never_given_twice() -> None:
    numbers = {(purpose.id, purpose.number) for purpose in every_version().values()}

    assert len({number for _, number in numbers}) == len(numbers)


# What was published stays: another digest here means that published words were changed. New words are a new version.
PUBLISHED = yaml.safe_load((Path(__file__).parent / "published.yaml").read_text(encoding="utf-8"))


@pytest.mark.promise("P10")
def test_published_words_never_change() -> None:
    seals = {
        f"{purpose_id} {version} {language}": shown(purpose, language).sha256
        for (purpose_id, version), purpose in every_version().items()
        for language in ("en", "pa", "hi")
    }

    assert seals == PUBLISHED


def calls(name: str) -> list[tuple[str, ast.Call]]:
    found = []
    for path in sorted((ROOT / "msewa").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
                found.append((str(path.relative_to(ROOT / "msewa")), node))
    return found


@pytest.mark.promise("P29")
@pytest.mark.promise("P31")
def test_nothing_goes_to_anybody_but_the_provider_of_the_service_she_asks_for() -> None:
    sent = [*calls("dispatch"), *calls("follow_up")]
    to = {place: next(ast.unparse(word.value) for word in call.keywords if word.arg == "provider_id") for place, call in sent}

    # To the office that has the application already goes her own correction, and the word that she takes it back, which holds no answer.
    word_alone = "applications/operations/following.py"
    assert to.pop("applications/operations/sending.py") == "definition.provider"
    assert to == {"grievances/correcting.py": "case.provider_id", word_alone: "case.provider_id"}
    assert {place for place, _ in calls("give_for_disclosure")} == {"applications/operations/sending.py", *to} - {word_alone}
    # Closing an account tells the same providers that it was closed, and nothing else.
    assert {place for place, _ in calls("encrypt_package")} <= {"delivery/operations.py", "closure/intimations.py"}


@pytest.mark.promise("P45")
def test_no_purpose_is_a_catch_all() -> None:
    for purpose in purposes().values():
        for words in (purpose.why["en"], purpose.receivers["en"], purpose.what["en"]):
            assert not [vague for vague in ("any other", "such as", "including", "etc", "may be") if vague in words.lower()]
