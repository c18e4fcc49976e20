"""Stored secrets: slow to guess, useless without the pepper, bound to one account."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from msewa.crypto.framing import framed
from msewa.crypto.keyring import KeyRing, Purpose, WrongPurposeError
from msewa.crypto.passwords import Argon2Cost, at_once, hash_secret, needs_rehash, verify_secret

PHRASE = "ਸੂਰਜ ਚੜ੍ਹਦਾ ਪੂਰਬ"


@pytest.fixture
def stored(ring: KeyRing, cheapest: Argon2Cost) -> bytes:
    return hash_secret(PHRASE, pepper=ring.active(Purpose.PEPPER), account="1", cost=cheapest)


@pytest.mark.parametrize(("memory_kib", "iterations", "lanes"), [(19455, 2, 1), (19456, 1, 1), (19456, 2, 0), (8, 9, 9)])
def test_a_cost_below_the_floor_is_refused(memory_kib: int, iterations: int, lanes: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        Argon2Cost(memory_kib=memory_kib, iterations=iterations, lanes=lanes)


def test_unless_told_otherwise_a_guess_costs_64_mib_and_three_passes() -> None:
    assert Argon2Cost() == Argon2Cost(memory_kib=64 * 1024, iterations=3, lanes=1)


def test_the_right_secret_verifies_and_another_does_not(stored: bytes, ring: KeyRing) -> None:
    assert verify_secret(PHRASE, stored, ring=ring, account="1")
    assert not verify_secret(PHRASE + " ", stored, ring=ring, account="1")
    assert not verify_secret("", stored, ring=ring, account="1")
    assert not verify_secret("\ud800", stored, ring=ring, account="1")


def test_one_secret_typed_in_two_unicode_forms_is_the_same(ring: KeyRing, cheapest: Argon2Cost) -> None:
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait"

    stored = hash_secret(composed, pepper=ring.active(Purpose.PEPPER), account="1", cost=cheapest)

    assert verify_secret(decomposed, stored, ring=ring, account="1")


def test_what_is_stored_for_one_account_is_useless_for_another(stored: bytes, ring: KeyRing, cheapest: Argon2Cost) -> None:
    assert not verify_secret(PHRASE, stored, ring=ring, account="2", cost=cheapest)


def test_inside_the_pepper_is_an_argon2id_hash_with_the_cost_asked_for(stored: bytes, ring: KeyRing) -> None:
    pepper = ring.active(Purpose.PEPPER)
    bound = framed("msewa password", b"\x01", "1", pepper.id)

    phc = AESGCM(pepper.secret).decrypt(stored[9:21], stored[21:], bound).decode()

    assert phc.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert b"argon2id" not in stored


def test_a_changed_byte_anywhere_ends_in_no(stored: bytes, ring: KeyRing, cheapest: Argon2Cost) -> None:
    for position in range(0, len(stored), 7):
        changed = bytearray(stored)
        changed[position] ^= 1
        assert not verify_secret(PHRASE, bytes(changed), ring=ring, account="1", cost=cheapest)


@pytest.mark.parametrize("nothing", [None, b"", b"\x01", b"noise"])
def test_where_nothing_is_stored_the_answer_is_no(nothing: bytes | None, ring: KeyRing, cheapest: Argon2Cost) -> None:
    assert not verify_secret(PHRASE, nothing, ring=ring, account="1", cost=cheapest)


def test_only_a_pepper_protects_a_secret(ring: KeyRing, cheapest: Argon2Cost) -> None:
    with pytest.raises(WrongPurposeError):
        hash_secret(PHRASE, pepper=ring.active(Purpose.WRAP), account="1", cost=cheapest)


def test_the_same_secret_is_stored_differently_each_time(ring: KeyRing, cheapest: Argon2Cost) -> None:
    pepper = ring.active(Purpose.PEPPER)

    first, second = (hash_secret(PHRASE, pepper=pepper, account="1", cost=cheapest) for _ in range(2))

    assert first != second


def test_a_raised_cost_asks_for_a_new_hash(stored: bytes, ring: KeyRing, cheapest: Argon2Cost) -> None:
    assert not needs_rehash(stored, ring=ring, account="1", cost=cheapest)
    assert needs_rehash(stored, ring=ring, account="1", cost=Argon2Cost(memory_kib=19457, iterations=2))


def test_a_rotated_pepper_still_verifies_and_asks_for_a_new_hash(stored: bytes, ring: KeyRing, now: datetime, cheapest: Argon2Cost) -> None:
    ring.rotate(Purpose.PEPPER, now=now)

    assert verify_secret(PHRASE, stored, ring=ring, account="1")
    assert needs_rehash(stored, ring=ring, account="1", cost=cheapest)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_third_guess_waits_until_one_of_two_is_done(stored: bytes, ring: KeyRing, cheapest: Argon2Cost, is_known: bool) -> None:
    def guess() -> bool:
        return verify_secret(PHRASE, stored if is_known else None, ring=ring, account="1", cost=cheapest)

    with ThreadPoolExecutor(max_workers=1) as thread:
        with at_once, at_once:
            third = thread.submit(guess)
            _, waiting = wait([third], timeout=0.5)

        assert waiting == {third}
        assert third.result(timeout=30) is is_known


def test_a_third_hash_waits_too(ring: KeyRing, cheapest: Argon2Cost) -> None:
    with ThreadPoolExecutor(max_workers=1) as thread:
        with at_once, at_once:
            third = thread.submit(hash_secret, PHRASE, pepper=ring.active(Purpose.PEPPER), account="1", cost=cheapest)
            _, waiting = wait([third], timeout=0.5)

        assert waiting == {third}
        assert verify_secret(PHRASE, third.result(timeout=30), ring=ring, account="1", cost=cheapest)
