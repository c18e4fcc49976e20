"""What one number may say of one person: nothing (P43)."""

import secrets
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msewa.figures.rules import Cell, bounds, month_of, next_month, noise, published, record_key

SECRET = b"n" * 32


def cell_of(records: list[str], *, secret: bytes = SECRET, table_id: str = "services") -> Cell:
    cell = Cell()
    for record in records:
        cell.add(record_key(secret, record, table_id=table_id))
    return cell


def shown(records: list[str], *, table_id: str = "services") -> int | None:
    return published(cell_of(records, table_id=table_id), secret=SECRET, threshold=10)


@pytest.mark.promise("P33", "P43")
@given(st.integers(0, 9))
def test_fewer_than_ten_are_never_shown_as_a_number(people: int) -> None:
    assert shown([secrets.token_hex(16) for _ in range(people)]) is None


@pytest.mark.promise("P43")
@given(st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), min_size=10, max_size=60, unique=True), st.randoms())
def test_the_same_people_give_the_same_answer_in_any_order(records: list[str], random) -> None:
    shuffled = [*records]
    random.shuffle(shuffled)

    assert shown(shuffled) == shown(records)


@given(st.integers(10, 5000))
def test_a_number_is_rounded_near_the_truth_and_never_below_the_threshold(people: int) -> None:
    number = published(Cell(people, secrets.randbits(128)), secret=SECRET, threshold=10)

    assert number is None or (number % 5 == 0 and number >= 10 and abs(number - people) <= 8)
    assert number is not None or people < 10 + 8


@pytest.mark.promise("P43")
@pytest.mark.parametrize("people", [0, 5, 8, 9, 10, 11, 14, 20, 37, 60])
def test_one_person_more_can_not_be_told_from_the_difference(people: int) -> None:
    differences: Counter[int] = Counter()
    for _ in range(400):
        before = cell_of([])
        before.people, before.key = people, secrets.randbits(128)
        after = Cell(before.people, before.key)
        after.add(record_key(SECRET, secrets.token_hex(16), table_id="services"))
        first, second = (published(cell, secret=SECRET, threshold=10) or 0 for cell in (before, after))
        differences[second - first] += 1

    if people < 9:
        assert differences == {0: 400}, "under the threshold nothing changes at all"
        return
    assert differences[0] > 0, "that she came may change nothing"
    assert max(differences.values()) < 400, "no change is certain"
    if people >= 20:
        assert min(differences) < 0 < max(differences), "and it may go either way"


@pytest.mark.promise("P43")
@pytest.mark.parametrize("strangers", [0, 1, 9])
def test_a_subject_beside_its_only_busy_service_does_not_tell_whether_somebody_wanted_a_rare_one(strangers: int) -> None:
    differs: Counter[bool] = Counter()
    for _ in range(200):
        busy, rare = ([secrets.token_hex(16) for _ in range(people)] for people in (50, strangers))
        differs[shown(busy) != shown(busy + rare, table_id="categories")] += 1

    assert differs.keys() == {True, False}, "alike and unlike, both with nobody and with somebody there"


@pytest.mark.promise("P43")
def test_whatever_is_shown_fits_several_true_numbers() -> None:
    fits: dict[int, set[int]] = {}
    for people in range(10, 80):
        for _ in range(300):
            number = published(Cell(people, secrets.randbits(128)), secret=SECRET, threshold=10)
            if number:
                fits.setdefault(number, set()).add(people)

    assert all(len(truths) >= 5 for number, truths in fits.items() if 10 <= number <= 70), fits


def test_noise_is_small_and_leans_to_no_side() -> None:
    thrown = Counter(noise(SECRET, Cell(50, secrets.randbits(128))) for _ in range(4000))

    assert set(thrown) == set(range(-6, 7))
    assert abs(sum(value * times for value, times in thrown.items()) / 4000) < 0.3


@pytest.mark.promise("P43")
def test_without_the_secret_the_noise_can_not_be_undone() -> None:
    records = [secrets.token_hex(16) for _ in range(40)]

    answers = {published(cell_of(records, secret=(secret := secrets.token_bytes(32))), secret=secret, threshold=10) for _ in range(50)}

    assert len(answers) >= 3


def test_months_are_those_of_india() -> None:
    begins, ends = bounds("2026-12")

    assert begins.isoformat() == "2026-12-01T00:00:00+05:30"
    assert ends.isoformat() == "2027-01-01T00:00:00+05:30"
    assert (month_of(begins), next_month("2026-12"), next_month("2026-01")) == ("2026-12", "2027-01", "2026-02")
