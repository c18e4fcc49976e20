"""References that are read out and typed in."""

from hypothesis import given
from hypothesis import strategies as st

from msewa.applications.references import ALPHABET, new_reference, read_reference, say_reference, show_reference

REFERENCES = st.builds(lambda _: new_reference(), st.integers())


@given(REFERENCES)
def test_a_reference_is_read_however_it_is_typed(reference: str) -> None:
    shown = show_reference(reference)

    assert {read_reference(form) for form in (shown, shown.lower(), reference, f" {reference[:4]} {reference[4:]} ")} == {reference}


@given(REFERENCES, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(reference: str, place: int, sign: str) -> None:
    wrong = reference[:place] + sign + reference[place + 1 :]

    assert read_reference(wrong) == (reference if wrong == reference else None)


@given(st.text(max_size=20))
def test_whatever_else_is_typed_is_no_reference(typed: str) -> None:
    assert read_reference(typed) is None or len(typed.replace("-", "").replace(" ", "")) == 8


def test_letters_are_said_by_their_names() -> None:
    assert say_reference("K7M4TXQ9", language="hi") == "के 7 एम 4, टी एक्स क्यू 9"
    assert say_reference("K7M4TXQ9", language="pa") == "ਕੇ 7 ਐੱਮ 4, ਟੀ ਐਕਸ ਕਿਊ 9"
    assert say_reference("K7M4TXQ9", language="en") == "K 7 M 4, T X Q 9"
