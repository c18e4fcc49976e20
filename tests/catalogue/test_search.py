"""The search finds services as people name them, says why, and stands any input."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msewa.catalogue.search.entries import SearchEntry
from msewa.catalogue.search.index import SearchIndex
from tests.catalogue.catalogue_entries import read_entries

INDEX = SearchIndex.build(read_entries())


def find(query: str) -> list[str]:
    return [hit.id for hit in INDEX.search(query)]


@pytest.mark.parametrize(
    "query",
    [
        "janam parman patar",
        "ਜਨਮ ਸਰਟੀਫਿਕੇਟ",
        "जन्म प्रमाण पत्र",
        "brith certficate",
        "BIRTH CERTIFICATE!!",
        "birthcertificate",
        "ｂｉｒｔｈ certificate",
    ],
)
def test_a_birth_certificate_comes_first_however_it_is_written(query: str) -> None:
    assert find(query)[0] == "birth-certificate"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("nani di pension band ho gayi", "old-age-pension"),
        ("makaan da naksha pass", "building-plan-residential"),
        ("baby born yesterday what paper", "birth-certificate"),
        ("bijli nahi aa rahi", "elec-complaint"),
        ("papa guzar gaye zameen mere naam", "intkal-online"),
        ("licence kho gaya", "dl-duplicate"),
        ("sadak te pani khada", "complaint-water-logged-road"),
        ("aadhaar vich naam galat", "aadhaar-demographic"),
    ],
)
def test_what_happened_to_a_person_is_answered_among_the_first_three(query: str, wanted: str) -> None:
    assert wanted in find(query)[:3]


@pytest.mark.parametrize(
    "query", ["pizza delivery", "cricket score", "asdfgh", "love letter", "movie tickets", "good morning", "", "   ", "a", "ਜ", "2+2", "?!"]
)
def test_a_query_about_something_else_finds_nothing(query: str) -> None:
    assert find(query) == []


def test_a_provider_and_a_category_find_their_services() -> None:
    arms = find("arms licence and magistracy")
    telephone = find("Bharat Sanchar Nigam Limited")

    assert {"arms-new", "arms-renewal"} <= set(arms)
    assert telephone[0] == "bsnl-bill"


def test_another_name_is_given_as_the_reason() -> None:
    reason = next(hit.reason for hit in INDEX.search("varasat") if hit.id == "intkal-online")

    assert (reason.kind, reason.words) in {("keyword", "varasat"), ("keyword", "wirasat")}


def test_a_name_of_two_words_is_another_name() -> None:
    reason = INDEX.search("halfia bian")[0].reason

    assert (reason.kind, reason.words) == ("other_name", "halfia bian")


def test_a_mended_spelling_is_given_as_the_reason() -> None:
    reason = INDEX.search("brith certficate")[0].reason

    assert reason.kind == "spelling"


def test_a_meaning_names_the_words_that_carried_it() -> None:
    reason = INDEX.search("nani di pension band ho gayi")[0].reason

    assert (reason.kind, reason.words) == ("meaning", "nani pension band")


def test_the_limit_is_kept() -> None:
    assert len(INDEX.search("certificate", limit=7)) == 7


def test_hits_come_best_first() -> None:
    scores = [hit.score for hit in INDEX.search("licence renew")]

    assert scores == sorted(scores, reverse=True)


def test_a_search_that_found_nothing_suggests_near_misses() -> None:
    query = "gujarati thali passport stamps cricket"

    assert find(query) == []
    assert INDEX.suggest(query)
    assert set(INDEX.suggest(query)) <= {entry.id for entry in read_entries()}


@pytest.mark.parametrize("query", ["", "asdfgh", "pizza"])
def test_nothing_is_suggested_where_nothing_is_near(query: str) -> None:
    assert INDEX.suggest(query) == []


def test_equal_matches_put_the_popular_service_first() -> None:
    plain = SearchEntry("a-plain", {"en": "Canal water turn"})
    popular = SearchEntry("b-popular", {"en": "Canal water turn"}, popular=True)

    found = SearchIndex.build([plain, popular]).search("canal water turn")

    assert [hit.id for hit in found] == ["b-popular", "a-plain"]


def test_phrases_given_with_an_entry_find_it() -> None:
    entry = SearchEntry("canal", {"en": "Warabandi"}, phrases=("turn of canal water",))

    assert [hit.id for hit in SearchIndex.build([entry]).search("canal turn")] == ["canal"]


def test_an_index_of_nothing_finds_nothing() -> None:
    assert SearchIndex.build([]).search("pension") == []


@pytest.mark.parametrize(
    "query",
    [
        "\ud800\udfff pension \udc00",
        "\x00\x00pension\x00",
        "(a+)+$ .* [[[ \\ ' \" ; DROP TABLE -- %_",
        "👵🏽💊 ਪੈਨਸ਼ਨ 👩‍👩‍👧",
        "\u202e\u200d\u0a3c\u093c\u0a4d\u094d\u0a71",
        "ﷺ" * 10_000,
        "a" * 10_000,
        "nani pension " * 1_000,
        "क्" * 5_000,
        "9" * 10_000,
        "عمر پنشن",
        "年金 年金",
    ],
)
def test_hostile_input_is_answered_quickly(query: str) -> None:
    began = perf_counter()

    INDEX.search(query)
    INDEX.suggest(query)

    assert perf_counter() - began < 0.2


@given(st.text(max_size=400))
def test_any_text_is_answered(query: str) -> None:
    found = INDEX.search(query)

    assert len({hit.id for hit in found}) == len(found) <= 50


@pytest.mark.parametrize("query", ["thik", "' OR 1=1--", "2+2*10", "zzzz qqq", "+1 604 555 0199"])
def test_a_query_that_names_no_topic_finds_nothing(query: str) -> None:
    assert find(query) == []


@pytest.mark.parametrize("query", ["haryana family id", "delhi driving licence"])
def test_what_belongs_to_another_state_is_not_ours(query: str) -> None:
    assert find(query) == []


def test_a_way_from_another_state_to_punjab_is_ours() -> None:
    assert "rc-noc" in find("gaddi haryana le jani noc")[:3]


def test_a_word_of_another_world_is_outweighed_by_a_clear_wish() -> None:
    assert find("pcc for student visa interview canada")[0] in {"pcc-police", "passport-pcc"}


def test_numbers_are_told_apart() -> None:
    assert "satkar-yojana" in find("1100 rupees")[:3]
    assert "satkar-yojana" not in find("10 rupees")


def test_saying_a_thing_twice_does_not_make_it_weigh_twice() -> None:
    once, twice = INDEX.search("pani ganda"), INDEX.search("pani pani ganda pani")

    assert [hit.score for hit in once] == [hit.score for hit in twice]


def test_a_dead_person_is_not_a_deed() -> None:
    assert find("dead person certificate")[0] == "death-certificate"


def test_a_wish_is_heard_in_a_long_story() -> None:
    story = (
        "sir my wife delivered at home because the ambulance did not reach us "
        "and now the secretary is refusing to make the slip what should we do"
    )

    assert {"birth-certificate", "birth-registration", "birth-late-registration"} & set(find(story)[:3])


def test_rows_that_share_only_a_weak_word_are_left_out() -> None:
    assert set(find("compensation crop damage")) <= {"grievance-state", "girdawari-correction"}
