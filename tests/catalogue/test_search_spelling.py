"""Spellings of one word in three scripts come to one key."""

import pytest

from msewa.catalogue.search.spelling import MAX_WORDS, bones, romanise, sound, split_words, stem


@pytest.mark.parametrize(
    ("written", "romanised"),
    [
        ("ਜਨਮ", "janam"),
        ("ਪਾਣੀ", "pani"),
        ("ਜ਼ਮੀਨ", "zamin"),
        ("ਸ਼ਗਨ", "shagan"),
        ("ਬਿਜਲੀ", "bijali"),
        ("जन्म", "janm"),
        ("प्रमाण पत्र", "praman patr"),
        ("पेंशन", "penshan"),
        ("ਪੰਜ ੫ ५", "panj 5 5"),
        ("Été", "ete"),
    ],
)
def test_a_word_of_any_script_is_romanised(written: str, romanised: str) -> None:
    assert romanise(written) == romanised


@pytest.mark.parametrize(
    ("one", "other"),
    [("zameen", "jamin"), ("phone", "fone"), ("vivah", "wiwah"), ("ration", "rashn"), ("paani", "pani"), ("makkaan", "makan")],
)
def test_spellings_that_sound_alike_have_one_sound(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("one", "other"), [("sarkar", "ਸਰਕਾਰ"), ("sadak", "सड़क"), ("pension", "ਪੈਨਸ਼ਨ"), ("janam", "जन्म"), ("bacha", "bacche")]
)
def test_careless_spellings_share_their_bones(one: str, other: str) -> None:
    assert bones(sound(split_words(one)[0])) == bones(sound(split_words(other)[0]))


@pytest.mark.parametrize(("one", "other"), [("ration", "rent"), ("pension", "passport"), ("birth", "death")])
def test_different_words_keep_different_bones(one: str, other: str) -> None:
    assert bones(sound(one)) != bones(sound(other))


def test_english_endings_are_cut_from_longer_words() -> None:
    assert [stem(word) for word in ("streets", "blocked", "gas", "leaking")] == ["street", "block", "gas", "leak"]


def test_a_query_is_read_up_to_forty_words_and_three_hundred_points() -> None:
    assert len(split_words("ab " * 500)) == MAX_WORDS
    assert split_words("x" * 150 + " " + "y" * 500) == ["x" * 150, "y" * 149]


def test_every_spelling_of_no_is_one_word() -> None:
    assert set(split_words("nahi nahin nhi नहीं ਨਹੀਂ")) == {"nahi"}


def test_an_empty_key_has_no_bones() -> None:
    assert bones("") == ""
