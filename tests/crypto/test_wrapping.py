"""Data keys under the wrapping key: each for one subject, through rotations, until the key is destroyed."""

from datetime import datetime

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from msewa.crypto.framing import framed
from msewa.crypto.keyring import KeyRing, Purpose
from msewa.crypto.wrapping import RingWrapper, WrapError, new_data_key


@pytest.fixture
def wrapper(ring: KeyRing) -> RingWrapper:
    return RingWrapper(ring)


def test_a_wrapped_key_opens_for_its_subject(wrapper: RingWrapper) -> None:
    data_key = new_data_key()

    wrapped = wrapper.wrap(data_key, subject="citizen 1")

    assert wrapper.unwrap(wrapped, subject="citizen 1") == data_key
    assert data_key not in wrapped


def test_a_wrapped_key_does_not_open_for_another_subject(wrapper: RingWrapper) -> None:
    wrapped = wrapper.wrap(new_data_key(), subject="citizen 1")

    with pytest.raises(WrapError):
        wrapper.unwrap(wrapped, subject="citizen 2")


def test_a_wrapped_key_with_any_bit_flipped_is_refused(wrapper: RingWrapper) -> None:
    wrapped = wrapper.wrap(new_data_key(), subject="citizen 1")

    for position in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[position] ^= 1
        with pytest.raises(WrapError):
            wrapper.unwrap(bytes(changed), subject="citizen 1")


def test_a_wrapped_key_cut_short_anywhere_is_refused(wrapper: RingWrapper) -> None:
    wrapped = wrapper.wrap(new_data_key(), subject="citizen 1")

    for length in range(len(wrapped)):
        with pytest.raises(WrapError):
            wrapper.unwrap(wrapped[:length], subject="citizen 1")


def test_a_key_wrapped_under_a_key_of_another_purpose_is_refused(wrapper: RingWrapper, ring: KeyRing) -> None:
    pepper, nonce = ring.active(Purpose.PEPPER), bytes(12)
    bound = framed("msewa data key", b"\x01", "citizen 1", pepper.id)
    body = AESGCM(pepper.secret).encrypt(nonce, new_data_key(), bound)

    with pytest.raises(WrapError):
        wrapper.unwrap(b"\x01" + bytes.fromhex(pepper.id) + nonce + body, subject="citizen 1")


def test_old_and_new_wrapped_keys_both_open_after_rotation(wrapper: RingWrapper, ring: KeyRing, now: datetime) -> None:
    data_key = new_data_key()
    old = wrapper.wrap(data_key, subject="citizen 1")

    ring.rotate(Purpose.WRAP, now=now)
    new = wrapper.wrap(data_key, subject="citizen 1")

    assert wrapper.unwrap(old, subject="citizen 1") == wrapper.unwrap(new, subject="citizen 1") == data_key
    assert (wrapper.needs_rewrap(old), wrapper.needs_rewrap(new)) == (True, False)


def test_destroying_a_wrapping_key_ends_what_only_it_opened(wrapper: RingWrapper, ring: KeyRing, now: datetime) -> None:
    old = ring.active(Purpose.WRAP)
    wrapped = wrapper.wrap(new_data_key(), subject="citizen 1")
    ring.rotate(Purpose.WRAP, now=now)

    ring.destroy(old.id)

    with pytest.raises(WrapError):
        wrapper.unwrap(wrapped, subject="citizen 1")


def test_a_key_of_the_wrong_length_is_not_wrapped(wrapper: RingWrapper) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        wrapper.wrap(b"short", subject="citizen 1")


def test_data_keys_never_repeat() -> None:
    assert len({new_data_key() for _ in range(1000)}) == 1000
