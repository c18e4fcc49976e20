"""Authenticator codes, recovery codes, passwords and waits, as pure functions."""

from datetime import UTC, datetime, timedelta

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from msewa.accounts import factors
from msewa.accounts.passwords import Weakness, common_passwords, find_weakness
from msewa.accounts.rules import first_name, wait_after

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the secret of RFC 6238, appendix B
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_codes_are_those_of_the_standard():
    at_59 = datetime.fromtimestamp(59, UTC)

    assert factors.matching_step("287082", secret=SECRET, now=at_59) == 1


@pytest.mark.parametrize(("seconds", "is_good"), [(-30, False), (0, True), (29, True), (30, True), (59, True), (60, False)])
def test_a_code_is_good_in_its_step_and_the_next(seconds, is_good):
    code = factors.TOTP(SECRET).at(NOON)

    step = factors.matching_step(code, secret=SECRET, now=NOON + timedelta(seconds=seconds))

    assert (step == factors.step_of(NOON)) is is_good


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "²87082", "੨੮੭੦੮੨", "\x00" * 6, "\ud800" * 6])
def test_what_is_no_code_matches_nothing(typed):
    assert factors.matching_step(typed, secret=SECRET, now=datetime.fromtimestamp(59, UTC)) is None


def test_secrets_and_codes_have_the_strength_they_claim():
    codes = factors.new_recovery_codes(10)

    assert len(factors.new_secret()) * 5 == 160
    assert len(factors.ALPHABET) == 32
    assert {len(factors.bare_code(code)) * 5 for code in codes} == {80}
    assert len(set(codes)) == 10


def test_a_recovery_code_may_be_typed_in_any_way():
    assert factors.bare_code(" abcd efgh-JKLM–npqr ") == "ABCDEFGHJKLMNPQR"


def test_the_link_names_no_person():
    link = factors.authenticator_link(SECRET, mobile="+919814000417")

    assert "9814000" not in link
    assert f"secret={SECRET}" in link


def test_the_square_reads_as_the_link():
    link = factors.authenticator_link(SECRET, mobile="+919814000417")
    matrix = [list(row) for row in factors.segno.make(link, error="m").matrix_iter(scale=4, border=4)]
    picture = Image.new("L", (len(matrix[0]), len(matrix)), 255)
    draw = ImageDraw.Draw(picture)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                draw.point((x, y), 0)

    found = zxingcpp.read_barcodes(picture)

    assert [one.text for one in found] == [link]
    assert factors.qr_svg(link).startswith("<svg")


@pytest.mark.parametrize(("tries", "seconds"), [(1, 0), (4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (10**6, 3600)])
def test_waits_double_from_thirty_seconds_to_an_hour(tries, seconds):
    assert wait_after(tries) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "password",
    [
        "chaar shabad lamme 29",
        "ਮੇਰੀ ਗਾਂ ਨੀਲੀ ਹੈ ਭਾਈ",
        "correct gatepost violin",
        "J7#kq!92mzPw",
        "839201748392",
        "barnala to ludhiana by slow bus",
        "👩‍🌾🌾🐃🚜🌧️🏡🪔🫓🧵🪁🪕🐓",
    ],
)
def test_a_good_password_of_any_script_is_taken(password):
    assert find_weakness(password) is None


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("elevensigns", Weakness.SHORT),
        ("a1" * 129, Weakness.LONG),
        ("passwordpassword", Weakness.COMMON),
        ("P@ssw0rd2026!!", Weakness.COMMON),
        ("123456789012", Weakness.COMMON),
        ("abcabcabcabc", Weakness.COMMON),
        ("aaaaaaaaaaaaaa", Weakness.COMMON),
        ("waheguruwaheguru", Weakness.COMMON),
        ("mSewa-Punjab-2026", Weakness.CONTEXT),
        ("Hoshiarpur 1234", Weakness.CONTEXT),
        ("98140 00417 harj", Weakness.CONTEXT),
    ],
)
def test_a_guessable_password_is_refused_for_its_reason(password, weakness):
    assert find_weakness(password, about_her=("Harjinder Kaur", "9814000417")) is weakness


def test_the_blocklist_is_long_enough():
    assert len(common_passwords()) >= 3000


@pytest.mark.parametrize(("name", "first"), [("Harjinder Kaur", "Harjinder"), ("ਹਰਜਿੰਦਰ", "ਹਰਜਿੰਦਰ"), ("  ", "")])
def test_people_are_greeted_by_their_first_name(name, first):
    assert first_name(name) == first
