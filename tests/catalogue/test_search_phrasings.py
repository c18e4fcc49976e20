"""The search is judged on phrasings as people type them, tuned and held out, and on what it must not answer."""

from statistics import quantiles
from typing import Any

import pytest

from msewa.catalogue.search.index import SearchIndex, get_lexicon
from tests.bench.search import Search, make_fuzzy, make_search, make_trigrams, measure, measure_quiet, measure_times
from tests.catalogue.catalogue_entries import read_entries, read_phrasings

JUDGED = read_phrasings()
PHRASINGS: list[dict[str, Any]] = JUDGED["phrasings"]
HELD_OUT = [phrasing for phrasing in PHRASINGS if phrasing.get("held_out")]
TUNED = [phrasing for phrasing in PHRASINGS if not phrasing.get("held_out")]
HOPELESS: list[dict[str, Any]] = JUDGED["hopeless"]


@pytest.fixture(scope="module")
def search() -> Search:
    return make_search(read_entries())


def test_the_judged_set_is_large_and_a_third_of_it_is_held_out() -> None:
    assert len(PHRASINGS) >= 250
    assert len(HOPELESS) >= 50
    assert len(HELD_OUT) * 3 >= len(PHRASINGS)
    assert {phrasing["lang"] for phrasing in PHRASINGS} == {"en", "pa", "hi", "pa-Latn", "hi-Latn", "mix"}


def test_every_wanted_id_is_in_the_catalogue() -> None:
    ids = {entry.id for entry in read_entries()}

    assert {id for phrasing in PHRASINGS for id in phrasing["want"]} <= ids


def test_no_held_out_phrasing_was_written_into_the_words() -> None:
    said = {phrase for phrases in get_lexicon().phrases.values() for phrase in phrases}

    assert not said & {phrasing["q"] for phrasing in HELD_OUT}


def test_words_are_written_for_every_service_and_for_no_other() -> None:
    assert set(get_lexicon().phrases) == {entry.id for entry in read_entries()}
    assert all(len(phrases) >= 2 for phrases in get_lexicon().phrases.values())


@pytest.mark.parametrize(("phrasings", "floor"), [(TUNED, 0.97), (HELD_OUT, 0.93)], ids=["tuned", "held out"])
def test_what_is_wanted_stands_among_the_first_three(search: Search, phrasings: list[dict[str, Any]], floor: float) -> None:
    recall, rank = measure(search, phrasings)

    assert recall >= floor
    assert rank >= 0.9


@pytest.mark.parametrize("language", ["en", "pa", "hi", "pa-Latn", "hi-Latn", "mix"])
def test_no_language_is_served_worse(search: Search, language: str) -> None:
    recall, _ = measure(search, [phrasing for phrasing in PHRASINGS if phrasing["lang"] == language])

    assert recall >= 0.9


def test_hopeless_queries_stay_quiet(search: Search) -> None:
    assert measure_quiet(search, HOPELESS) >= 0.95


def test_every_service_is_found_by_each_of_its_names() -> None:
    index = SearchIndex.build(read_entries())

    missed = [
        (entry.id, language)
        for entry in read_entries()
        for language, name in entry.names.items()
        if entry.id not in [hit.id for hit in index.search(name)][:3]
    ]

    assert len(missed) <= 12, missed


def test_the_search_beats_plain_trigrams_and_plain_fuzzy_matching(search: Search) -> None:
    ours, _ = measure(search, PHRASINGS)

    assert ours > measure(make_trigrams(read_entries()), PHRASINGS)[0] + 0.2
    assert ours > measure(make_fuzzy(read_entries()), PHRASINGS)[0] + 0.2


def test_a_search_of_the_whole_catalogue_answers_within_ten_milliseconds(search: Search) -> None:
    times = measure_times(search, [phrasing["q"] for phrasing in PHRASINGS])

    assert quantiles(times, n=20)[-1] <= 10
