"""Envelopes open with their own key, at their own place, unchanged, and in no other case."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from msewa.crypto.envelope import EnvelopeError, Place, key_id_of, seal, seal_json, unseal, unseal_json
from msewa.crypto.wrapping import new_data_key

KEY = new_data_key()
HOME = Place(table="profiles", group="address", row="7", subject="citizen 1")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=10,
)


@given(plaintext=st.binary(max_size=5000), key_id=st.binary(max_size=255))
def test_what_was_sealed_unseals(plaintext: bytes, key_id: bytes) -> None:
    blob = seal(KEY, plaintext, place=HOME, key_id=key_id)

    assert unseal(KEY, blob, place=HOME) == plaintext
    assert key_id_of(blob) == key_id


@given(value=JSON)
def test_json_values_come_back_as_they_were(value: Any) -> None:
    blob = seal_json(KEY, value, place=HOME)

    assert unseal_json(KEY, blob, place=HOME) == value


def test_a_flipped_bit_at_any_place_is_refused() -> None:
    blob = seal(KEY, b"12, Mall Road", place=HOME, key_id=b"key")

    for position in range(len(blob) * 8):
        changed = bytearray(blob)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(EnvelopeError):
            unseal(KEY, bytes(changed), place=HOME)


def test_an_envelope_cut_short_anywhere_is_refused() -> None:
    blob = seal(KEY, b"12, Mall Road", place=HOME)

    for length in range(len(blob)):
        with pytest.raises(EnvelopeError):
            unseal(KEY, blob[:length], place=HOME)


@given(noise=st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(EnvelopeError):
        unseal(KEY, noise, place=HOME)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(HOME, table="drafts"),
        replace(HOME, group="bank"),
        replace(HOME, row="8"),
        replace(HOME, subject="citizen 2"),
        replace(HOME, schema=2),
        # The same letters, divided elsewhere.
        replace(HOME, table="profilesa", group="ddress"),
        replace(HOME, row="7citizen", subject=" 1"),
    ],
    ids=lambda place: f"{place.table} {place.group} {place.row} {place.subject} {place.schema}",
)
def test_an_envelope_moved_to_another_place_is_refused(elsewhere: Place) -> None:
    blob = seal(KEY, b"12, Mall Road", place=HOME)

    with pytest.raises(EnvelopeError):
        unseal(KEY, blob, place=elsewhere)


def test_another_key_is_refused() -> None:
    blob = seal(KEY, b"12, Mall Road", place=HOME)

    with pytest.raises(EnvelopeError):
        unseal(new_data_key(), blob, place=HOME)


def test_an_envelope_without_its_own_commitment_is_refused() -> None:
    # AES-GCM does not cover the commitment: only our own comparison can refuse this one.
    blob, other = seal(KEY, b"12, Mall Road", place=HOME), seal(KEY, b"12, Mall Road", place=HOME)

    with pytest.raises(EnvelopeError):
        unseal(KEY, blob[:18] + other[18:50] + blob[50:], place=HOME)


def test_the_commitment_is_not_the_key() -> None:
    blob = seal(KEY, b"12, Mall Road", place=HOME)
    commitment, nonce, ciphertext = blob[18:50], blob[50:62], blob[62:]

    with pytest.raises(InvalidTag):
        AESGCM(commitment).decrypt(nonce, ciphertext, HOME.bound_with(blob[:2]))


def test_every_fault_says_the_same() -> None:
    blob = seal(KEY, b"12, Mall Road", place=HOME)
    faults = [
        (KEY, blob[:-1], HOME),
        (new_data_key(), blob, HOME),
        (KEY, blob, replace(HOME, row="8")),
        (KEY, b"", HOME),
    ]

    said: set[tuple[str, bool]] = set()
    for key, damaged, place in faults:
        with pytest.raises(EnvelopeError) as refusal:
            unseal(key, damaged, place=place)
        said.add((str(refusal.value), refusal.value.__suppress_context__ or refusal.value.__context__ is None))

    assert said == {("The envelope does not open.", True)}


def test_sealed_text_that_is_no_json_is_refused_without_quoting_it() -> None:
    blob = seal(KEY, b"12, Mall Road", place=HOME)

    with pytest.raises(EnvelopeError) as refusal:
        unseal_json(KEY, blob, place=HOME)

    assert refusal.value.__context__ is None


def test_neither_salt_nor_nonce_nor_commitment_ever_repeats() -> None:
    blobs = [seal(KEY, b"the same", place=HOME) for _ in range(2000)]

    for start, end in ((2, 18), (18, 50), (50, 62), (62, None)):
        assert len({blob[start:end] for blob in blobs}) == len(blobs)


def test_a_key_of_the_wrong_length_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(b"short", b"", place=HOME)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_json_cannot_carry_is_not_sealed(value: float | str) -> None:
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        seal_json(KEY, value, place=HOME)
