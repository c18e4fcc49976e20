"""House rules for words: every string in three languages, none forgotten, none left over."""

import re
from io import BytesIO

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.installation import ROOT

METHODS = [("msewa/**.py", "python"), ("templates/**", "jinja2")]
OPTIONS = {"templates/**": {"trim_blocks": "true", "lstrip_blocks": "true", "encoding": "utf-8"}}
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2)}
SCRIPTS = {"pa": re.compile(r"[\u0A00-\u0A7F]"), "hi": re.compile(r"[\u0900-\u0963\u0966-\u097F]")}
# Said alike in every language.
SAME = {"%(form)s"}
# The name that an authenticator app shows is the same for everybody.
NAMED_BY_THE_APP = {"Open your authenticator app and write the code it shows for mSewa."}


@pytest.fixture(scope="module")
def used() -> set[str]:
    found = extract_from_dir(str(ROOT), METHODS, OPTIONS, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.fixture(params=["pa", "hi"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


def catalogue_of(language: str):
    return read_po(BytesIO((ROOT / f"msewa/translations/{language}/LC_MESSAGES/messages.po").read_bytes()), locale=language)


def words_of(message) -> list[str]:
    return list(message.string) if isinstance(message.string, (list, tuple)) else [message.string]


def test_no_word_lacks_its_translation(used: set[str], language: str) -> None:
    translated = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue_of(language)
        if message.id and all(words_of(message)) and not message.fuzzy
    }

    missing = sorted(used - translated - SAME)
    assert missing == [], f"{len(missing)} without {language}: add them to msewa/translations ('make words' gathers them)"


def test_no_translation_is_left_over(used: set[str], language: str) -> None:
    kept = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue_of(language) if message.id}

    assert sorted(kept - used - dynamic_words()) == []


def dynamic_words() -> set[str]:
    """Words that reach gettext from settings rather than from a call."""
    from msewa.config import Settings

    return {label for _, label in Settings.__dataclass_fields__["helplines"].default}


def test_translations_are_written_in_their_own_script(language: str) -> None:
    other = SCRIPTS["hi" if language == "pa" else "pa"]
    wrong = []
    for message in catalogue_of(language):
        for text in words_of(message) if message.id else []:
            plain = re.sub(r"%\(\w+\)[sd]", "", text)
            if other.search(plain) or (re.search(r"[A-Za-z]{4,}", plain) and not SCRIPTS[language].search(plain)):
                wrong.append(text)

    assert wrong == []


def test_the_product_has_one_name_in_a_language(language: str) -> None:
    ours = {"pa": "ਐਮ-ਸੇਵਾ", "hi": "एम-सेवा"}[language]
    named = [m for m in catalogue_of(language) if m.id and "mSewa" in str(m.id) and m.id not in NAMED_BY_THE_APP]

    assert [m.string for m in named if ours not in str(m.string) or "mSewa" in str(m.string)] == []


def test_published_texts_call_the_product_by_its_name_in_that_language(language: str) -> None:
    published = [path.read_text() for path in (ROOT / "msewa/consents/data").glob("*.yaml")]
    lines = [line.strip() for text in published for line in text.splitlines() if line.strip().startswith(f"{language}: ")]

    assert [line for line in lines if "mSewa" in line] == []


# What people type into the search, not what they read.
TYPED = "words.yaml"


def test_e_mail_is_spelt_one_way_in_a_language(language: str) -> None:
    other = {"pa": "ਈਮੇਲ", "hi": "ईमेल"}[language]
    read = [*(ROOT / "msewa").rglob("data/*.yaml"), ROOT / f"msewa/translations/{language}/LC_MESSAGES/messages.po"]

    assert [path.name for path in read if path.name != TYPED and other in path.read_text(encoding="utf-8")] == []


def test_placeholders_survive_translation(language: str) -> None:
    wrong = []
    for message in catalogue_of(language):
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            expected = {name for text in ids for name in re.findall(r"%\((\w+)\)", text)}
            wrong += [text for text in words_of(message) if not set(re.findall(r"%\((\w+)\)", text)) <= expected]

    assert wrong == []


def test_the_compiled_words_are_those_of_the_files(language: str) -> None:
    path = ROOT / f"msewa/translations/{language}/LC_MESSAGES/messages.mo"
    compiled = read_mo(BytesIO(path.read_bytes()))

    stale = [m.id for m in catalogue_of(language) if m.id and all(words_of(m)) and words_of(compiled.get(m.id)) != words_of(m)]
    assert stale == [], "run make test, which compiles them"
