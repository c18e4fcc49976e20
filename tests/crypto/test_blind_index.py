"""Blind indexes match equal identifiers and nothing else; numbers and addresses have one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msewa.crypto.blind_index import blind_index, normalise_email, normalise_mobile
from msewa.crypto.keyring import KeyRing, Purpose, WrongPurposeError

DIGITS = {"latin": "0123456789", "gurmukhi": "੦੧੨੩੪੫੬੭੮੯", "devanagari": "०१२३४५६७८९"}


def test_equal_values_have_equal_indexes(ring: KeyRing) -> None:
    key = ring.active(Purpose.INDEX)

    first, again = (blind_index(key, "+919876543210", table="accounts", field="mobile") for _ in range(2))

    assert first == again
    assert len(first) == 32


def test_an_index_tells_nothing_across_fields_tables_indexes_and_keys(ring: KeyRing, now: object) -> None:
    key, value = ring.active(Purpose.INDEX), "+919876543210"

    indexes = {
        blind_index(key, value, table="accounts", field="mobile"),
        blind_index(key, value, table="accounts", field="email"),
        blind_index(key, value, table="contacts", field="mobile"),
        blind_index(key, value, table="accounts", field="mobile", index="2"),
        blind_index(key, "+919876543211", table="accounts", field="mobile"),
    }

    assert len(indexes) == 5


def test_only_an_index_key_makes_an_index(ring: KeyRing) -> None:
    with pytest.raises(WrongPurposeError):
        blind_index(ring.active(Purpose.LINKS), "+919876543210", table="accounts", field="mobile")


@pytest.mark.parametrize(
    "typed",
    [
        "9876543210",
        "09876543210",
        "+919876543210",
        "919876543210",
        "00919876543210",
        "+91 98765 43210",
        " 98765-43210 ",
        "98765\u201343210",
        "+91 (98765) 43.210",
        "\u202a+91\u00a098765\u200b43210\u202c",
        "੯੮੭੬੫੪੩੨੧੦",
        "+੯੧ ੯੮੭੬੫ ੪੩੨੧੦",
        "९८७६५४३२१०",
        "०९८७६५४३२१०",
    ],
)
def test_a_mobile_number_is_understood_however_it_is_typed(typed: str) -> None:
    assert normalise_mobile(typed) == "+919876543210"


@pytest.mark.parametrize(
    "typed",
    ["", "98765", "5876543210", "98765432101", "+1 9876543210", "987654321²", "①876543210", "٩٨٧٦٥٤٣٢١٠",
     "9876543210\x00", "98765+43210", "+91+919876543210", "abcdefghij", "\ud800"],
)  # fmt: skip
def test_what_is_no_indian_mobile_number_is_refused_without_quoting_it(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^not an Indian mobile number$"):
        normalise_mobile(typed)


@given(number=st.from_regex(r"[6-9][0-9]{9}", fullmatch=True), script=st.sampled_from(sorted(DIGITS)))
def test_every_number_means_the_same_in_every_script(number: str, script: str) -> None:
    written = number.translate(str.maketrans(DIGITS["latin"], DIGITS[script]))

    assert normalise_mobile(written) == f"+91{number}"


@given(text=st.text())
def test_any_text_is_either_a_number_or_refused(text: str) -> None:
    try:
        number = normalise_mobile(text)
    except ValueError:
        return

    assert normalise_mobile(number) == number
    assert number.isascii()


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("asha@example.com", "asha@example.com"),
        ("  Asha.K+sewa@Example.COM ", "asha.k+sewa@example.com"),
        ("e\u0301@example.com", "é@example.com"),
        ("ਆਸ਼ਾ@example.in", "ਆਸ਼ਾ@example.in"),
    ],
)
def test_an_address_has_one_spelling(typed: str, address: str) -> None:
    assert normalise_email(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "asha", "@example.com", "asha@", "asha@example", "a b@example.com", "a@b@example.com", "a@example..com",
     "a@example.com\nBcc: b@example.com", "a\x00@example.com", "<a@example.com>", "a,b@example.com",
     "a" * 250 + "@example.com", "=?utf-8?q?d=40punjab.example=2c_x?=@example.in", "a@=?utf-8?q?b?=.in"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_quoting_it(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^not an e-mail address$"):
        normalise_email(typed)
