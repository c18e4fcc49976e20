"""Every message, in every language, at its longest: short enough, and with nothing personal in it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from msewa.accounts.links import NOT_ME, PATHS, link_to
from msewa.notifications.registering import list_sheets
from msewa.notifications.rendering import render
from msewa.notifications.rules import (
    FOLDERS,
    Template,
    UnknownTemplateError,
    Variable,
    count_segments,
    get_template,
    is_shaped,
    registry,
)
from tests.installation import ROOT

LANGUAGES = ("en", "pa", "hi")
MOST_SEGMENTS = {"en": 2, "pa": 3, "hi": 3}
# A message is read on a locked screen, and a number may have a new owner: it names nobody, no service and no office.
HARMLESS = {"count", "page", "stop", "code", "reference", "due_on", "time", "link"}
MESSAGES = [(name, channel) for name, template in sorted(registry().templates.items()) for channel in template.channels]


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def room(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def longest_of(template: Template) -> dict[str, str]:
    return {variable.name: variable.longest for variable in template.variables}


def words_of(name: str, *, channel: str, language: str) -> str:
    return render(name, channel=channel, language=language, values=longest_of(registry().templates[name]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name, channel in MESSAGES if channel == "sms"])
def test_no_sms_is_longer_than_people_and_operators_bear(room: Flask, name: str, language: str) -> None:
    text = words_of(name, channel="sms", language=language)

    assert count_segments(text) <= MOST_SEGMENTS[language], f"{len(text)} characters"
    assert "\n" not in text


def test_every_sms_can_be_registered_in_each_language_with_tagged_variables(room: Flask) -> None:
    sheets = {(sheet.name, sheet.language): sheet for sheet in list_sheets()}

    assert set(sheets) == {(name, language) for name, channel in MESSAGES if channel == "sms" for language in LANGUAGES}
    assert sheets["code_register", "en"].text.startswith("{#numeric#} is your mSewa code")
    assert {sheet.kind for (name, _), sheet in sheets.items() if name in ("news", "digest_ready")} == {"promotional"}
    assert sheets["code_register", "pa"].kind == "service"
    for (name, language), sheet in sheets.items():
        tags = [f"{{#{variable.type}#}}" for variable in registry().templates[name].variables]
        # A mail may say one thing more than the SMS of the same name.
        assert not Counter(re.findall(r"\{#\w+#\}", sheet.text)) - Counter(tags)
        assert "{" not in re.sub(r"\{#(numeric|alphanumeric|url)#\}", "", sheet.text)
        assert sheet.segments == count_segments(words_of(name, channel="sms", language=language))


def test_the_command_prints_what_is_to_be_registered(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["messages", "templates"])

    lines = result.output.splitlines()
    assert result.exit_code == 0
    (line,) = [line for line in lines if line.startswith("code_register\ten")]
    assert line.startswith("code_register\ten\tservice\t1\t{#numeric#} is your mSewa code")
    assert len(lines) == 3 * len([name for name, channel in MESSAGES if channel == "sms"])


@pytest.mark.promise("P31")
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("code_register", {"code": "Harjinder Kaur"}),
        ("code_register", {"code": "12345"}),
        ("application_received", {"reference": "House 112-P, Bhathlan"}),
        ("application_sent", {"reference": "AB12-CD34", "due_on": "soon"}),
        ("notice_password", {"link": "call 62800 14799"}),
    ],
)
def test_a_value_of_another_shape_is_refused(name: str, values: dict[str, str]) -> None:
    with pytest.raises(UnknownTemplateError):
        get_template(name, channel="sms", values=values)


@pytest.mark.parametrize("language", ["pa", "hi"])
@pytest.mark.parametrize(("name", "channel"), MESSAGES)
def test_every_message_is_written_in_the_language_of_whom_it_is_for(room: Flask, name: str, channel: str, language: str) -> None:
    script = {"pa": r"[\u0A00-\u0A7F]", "hi": r"[\u0900-\u097F]"}[language]

    assert all(re.search(script, line) for line in words_of(name, channel=channel, language=language).splitlines() if line)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name, channel in MESSAGES if channel == "email"])
def test_every_mail_has_a_short_subject_then_an_empty_line(room: Flask, name: str, language: str) -> None:
    subject, empty, *text = words_of(name, channel="email", language=language).splitlines()

    assert 5 < len(subject) <= 80
    assert empty == ""
    assert all(line.strip() for line in text if line)
    assert text


@pytest.mark.parametrize(("name", "channel"), MESSAGES)
def test_a_code_says_what_it_is_for_and_that_nobody_may_have_it(room: Flask, name: str, channel: str) -> None:
    text = words_of(name, channel=channel, language="en")
    if "code" not in longest_of(registry().templates[name]):
        return

    assert re.search(r"code to \w+", text), "its purpose is missing"
    assert "Tell nobody" in text
    assert registry().templates[name].lifetime


@pytest.mark.promise("P31")
def test_no_message_can_carry_anything_personal_or_sensitive() -> None:
    declared = {variable.name for template in registry().templates.values() for variable in template.variables}

    assert declared <= HARMLESS


def test_every_text_is_declared_and_every_message_has_its_text() -> None:
    texts = {(path.stem, channel) for channel, folder in FOLDERS.items() for path in Path(ROOT, "templates", folder).glob("*.txt")}

    assert texts == set(MESSAGES)


def test_every_message_knows_in_each_language_whether_it_is_registered() -> None:
    assert {tuple(sorted(template.dlt)) for template in registry().templates.values()} == {("en", "hi", "pa")}


@pytest.mark.parametrize("variable", {v.name: v for t in registry().templates.values() for v in t.variables}.values(), ids=str)
def test_the_longest_value_of_a_variable_has_its_shape(variable: Variable) -> None:
    assert is_shaped(variable, variable.longest), asdict(variable)
    assert not is_shaped(variable, variable.longest + "\n")


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("ਪ" * 70, 1),
        ("ਪ" * 71, 2),
        ("ਪ" * 134, 2),
        ("ਪ" * 135, 3),
        ("a" * 69 + "ਪ", 1),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_as_networks_count_them(text: str, segments: int) -> None:
    assert count_segments(text) == segments


@given(st.text(max_size=400), st.text(max_size=40))
def test_more_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert count_segments(text + more) >= count_segments(text)


@pytest.mark.parametrize(
    ("name", "channel", "values"),
    [
        ("never_written", "sms", {}),
        ("code_register", "email", {"code": "123456"}),
        ("code_register", "sms", {}),
        ("code_register", "sms", {"code": "123456", "full_name": "Harjinder"}),
    ],
)
def test_a_message_that_was_not_declared_so_is_refused(name: str, channel: str, values: dict[str, str]) -> None:
    with pytest.raises(UnknownTemplateError):
        get_template(name, channel=channel, values=values)


def test_a_link_that_we_sign_is_no_longer_than_was_counted(room: Flask) -> None:
    site = "https://msewa.punjab.gov.in"
    token = link_to(NOT_ME, "f" * 32, now=datetime(2026, 10, 2, tzinfo=UTC)).partition(PATHS[NOT_ME])[2]
    longest = next(v.longest for t in registry().templates.values() for v in t.variables if v.name == "link")

    assert len(site) + max(map(len, PATHS.values())) + len(token) <= len(longest)
