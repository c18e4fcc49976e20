"""One value, one spelling, one digest."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msewa.crypto.canonical import CanonicalError, canonical, digest

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)


def test_keys_are_sorted_by_utf_16_as_in_the_rfc() -> None:
    # RFC 8785 section 3.2.3, its own example.
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]

    spelled = canonical({key: None for key in keys})

    assert list(json.loads(spelled)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_text_is_spelled_as_in_the_rfc() -> None:
    # RFC 8785 section 3.2.2.2: the shortest escapes, everything else as itself.
    spelled = canonical('\u20ac$\x0f\nA\'B"\\\\"/')

    assert spelled == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()


@given(value=JSON)
def test_a_canonical_value_reads_back_the_same(value: Any) -> None:
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(value=st.dictionaries(TEXT, JSON))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    reversed_order = dict(reversed(value.items()))

    assert digest(value) == digest(reversed_order)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        {"rupees": 10.5},
        [[0.0]],
        2**53,
        -(2**53),
        b"bytes",
        {1: "a"},
        {"a": {2, 3}},
        "\ud800",
        {"\ud800": 1},
    ],
)
def test_what_has_no_canonical_spelling_is_refused_without_quoting_it(value: Any) -> None:
    with pytest.raises(CanonicalError, match=r"^no canonical spelling$") as refusal:
        canonical(value)

    assert refusal.value.__context__ is None


def test_true_and_one_are_different() -> None:
    assert digest([True]) != digest([1])


def test_a_digest_is_the_sha_256_of_the_spelling() -> None:
    # printf '{}' | sha256sum
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
