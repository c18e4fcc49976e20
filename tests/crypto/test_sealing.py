"""The archive's seal: closed with what everybody may know, opened only with what is kept offline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msewa.crypto.sealing import SealError, new_sealing_pair, open_sealed, public_of, seal_to

PUBLIC, PRIVATE = new_sealing_pair()


@given(plaintext=st.binary(max_size=500), info=st.binary(max_size=100))
def test_what_was_sealed_opens_with_the_private_key_and_the_same_info(plaintext: bytes, info: bytes) -> None:
    blob = seal_to(PUBLIC, plaintext, info=info)

    assert open_sealed(PRIVATE, blob, info=info) == plaintext


def test_keys_are_those_of_the_published_x_wing_draft() -> None:
    # The first test vector of draft-connolly-cfrg-xwing-kem, appendix C: the two ends of its public key.
    seed = bytes.fromhex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")

    public = public_of(seed)

    assert public[:32].hex() == "e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5"
    assert public[-32:].hex() == "859edb06eff389b27dce59844570216223593d4ba32d9abac8cd049040ef6534"


def test_other_info_is_refused() -> None:
    blob = seal_to(PUBLIC, b"bundle key", info=b"2026-10")

    with pytest.raises(SealError):
        open_sealed(PRIVATE, blob, info=b"2026-11")


def test_another_private_key_is_refused() -> None:
    blob = seal_to(PUBLIC, b"bundle key", info=b"2026-10")

    with pytest.raises(SealError):
        open_sealed(new_sealing_pair()[1], blob, info=b"2026-10")


def test_a_changed_byte_anywhere_is_refused() -> None:
    blob = seal_to(PUBLIC, b"bundle key", info=b"2026-10")

    for position in range(len(blob)):
        changed = bytearray(blob)
        changed[position] ^= 0x80
        with pytest.raises(SealError):
            open_sealed(PRIVATE, bytes(changed), info=b"2026-10")


def test_a_seal_cut_short_anywhere_is_refused() -> None:
    blob = seal_to(PUBLIC, b"bundle key", info=b"2026-10")

    for length in range(0, len(blob), 13):
        with pytest.raises(SealError):
            open_sealed(PRIVATE, blob[:length], info=b"2026-10")


def test_bad_keys_are_refused() -> None:
    for bad in (b"", PUBLIC[:-1], PUBLIC + b"\x00", b"\xff" * len(PUBLIC), bytes(len(PUBLIC))):
        with pytest.raises(SealError):
            seal_to(bad, b"bundle key", info=b"")
    for bad in (b"", PRIVATE[:-1], PRIVATE * 2):
        with pytest.raises(SealError):
            open_sealed(bad, seal_to(PUBLIC, b"bundle key", info=b""), info=b"")


def test_the_same_secret_seals_differently_each_time() -> None:
    first, second = (seal_to(PUBLIC, b"bundle key", info=b"") for _ in range(2))

    assert first[1:33] != second[1:33]
