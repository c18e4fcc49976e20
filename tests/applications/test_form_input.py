"""What may be typed into a form: anything, and none of it does harm."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.applications.conftest import Applicant
from tests.applications.test_form import answers_of

NAUGHTY = (
    "<script>alert(1)</script>",
    "'; drop table application; --",
    "=cmd|' /C calc'!A0",
    "{{7*7}}${7*7}",
    "\u202eevil\u202c ਕੌਰ",
    "क्\u200dष नमस्ते",
    "Z̷̡̛" + "\u0301" * 40,
    "undefined null NaN",
    "😀👩‍👩‍👧‍👦",
    "line\r\nSet-Cookie: x=1",
)


@pytest.mark.parametrize("typed", NAUGHTY)
def test_naughty_words_are_kept_as_typed_and_shown_inert(harjinder: Applicant, typed: str) -> None:
    base = harjinder.begin()

    answer = harjinder.client.submit(f"{base}/edit?step=1", "application", place_of_event=typed, later="1")

    page = harjinder.page(f"{base}/edit?step=1")
    composed = unicodedata.normalize("NFC", typed)
    assert answer.status_code == 303
    assert answers_of(harjinder, base, step=1)["place_of_event"].split() == composed.split()
    assert page.fields("application")["place_of_event"].split() == composed.split()
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("typed", ["\x00", "a\x00b", "\ud800", "9" * 40, str(2**63), "x" * 100_000])
def test_bytes_no_database_likes_do_no_harm(harjinder: Applicant, typed: str) -> None:
    base = harjinder.begin()
    fields = harjinder.page(f"{base}/edit?step=1").fields("application")
    sent = {**fields, "place_of_event": typed.encode("utf-8", "surrogatepass"), "date_of_event": typed.encode("utf-8", "surrogatepass")}

    answer = harjinder.client.post(f"{base}/edit?step=1", data=sent)

    assert answer.status_code == 422
    assert harjinder.client.get(f"{base}/edit?step={2**63}").status_code == 200


def test_of_a_field_sent_twice_the_first_counts(harjinder: Applicant) -> None:
    base = harjinder.begin()
    fields = harjinder.page(f"{base}/edit?step=1").fields("application")
    sent = {**fields, "mother_name": ["First Kaur", "Second Kaur"], "mother_name[]": "Third Kaur", "later": "1"}

    harjinder.client.post(f"{base}/edit?step=1", data=sent)

    assert answers_of(harjinder, base, step=1)["mother_name"] == "First Kaur"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_nothing_that_is_typed_breaks_the_form(harjinder: Applicant) -> None:
    base = harjinder.begin()

    @settings(max_examples=40, deadline=None)
    @given(typed=st.dictionaries(st.sampled_from(["date_of_event", "place_of_event", "gender", "mother_name"]), st.text(max_size=60)))
    def check(typed: dict[str, str]) -> None:
        answer = harjinder.client.submit(f"{base}/edit?step=1", "application", **typed)

        assert answer.status_code in (303, 422)
        assert harjinder.client.get(f"{base}/edit?step=1&check=1").status_code == 200

    check()
