"""Tokens cannot be guessed; signed links cannot be changed, reused for something else, or kept too long."""

import string
from datetime import datetime, timedelta
from multiprocessing import get_context

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msewa.crypto.keyring import KeyRing, Purpose
from msewa.crypto.tokens import ExpiredLinkError, LinkError, Seals, SignedLinks, new_token, token_hash

HOUR = timedelta(hours=1)
LETTERS = string.ascii_letters + string.digits + "-_"


@pytest.fixture
def links(ring: KeyRing) -> SignedLinks:
    return SignedLinks(ring)


def test_tokens_never_repeat_even_across_forked_workers() -> None:
    with get_context("forkserver").Pool(2) as pool:
        tokens = pool.starmap(new_token, [()] * 20_000)

    assert len(set(tokens)) == 20_000
    assert {len(token) for token in tokens} == {43}
    assert set("".join(tokens)) <= set(LETTERS)


def test_a_token_hash_has_32_bytes_and_takes_any_text() -> None:
    assert len(token_hash(new_token())) == 32
    assert token_hash("a") != token_hash("b")
    assert len(token_hash("\ud800")) == 32


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_a_link_read_for_its_purpose_gives_its_subject(subject: str, links: SignedLinks, now: datetime) -> None:
    token = links.sign("verify e-mail", subject, expires_at=now + HOUR)

    assert links.read(token, purpose="verify e-mail", now=now) == subject
    assert set(token) <= set(LETTERS)


def test_a_seal_is_known_again_for_its_text_and_use_alone_as_long_as_its_key_lives(ring: KeyRing, now: datetime) -> None:
    seals, others = Seals(ring, "forms", length=22), Seals(ring, "browsers", length=22)
    seal, old = seals.seal("text"), ring.active(Purpose.LINKS)

    ring.rotate(Purpose.LINKS, now=now)
    while_it_lives = seals.is_ours("text", seal)
    younger = seals.seal("text")
    ring.destroy(old.id)

    assert (while_it_lives, seals.is_ours("text", seal), seals.is_ours("text", younger)) == (True, False, True)
    assert (len(younger), younger == seal) == (22, False)
    assert not any((seals.is_ours("other", younger), others.is_ours("text", younger), seals.is_ours("\ud800", "\ud800")))


def test_a_link_is_refused_for_another_purpose(links: SignedLinks, now: datetime) -> None:
    token = links.sign("verify e-mail", "17", expires_at=now + HOUR)

    with pytest.raises(LinkError):
        links.read(token, purpose="reset password", now=now)


def test_a_link_is_refused_from_the_moment_it_expires(links: SignedLinks, now: datetime) -> None:
    token = links.sign("verify e-mail", "17", expires_at=now + HOUR)

    assert links.read(token, purpose="verify e-mail", now=now + HOUR - timedelta(seconds=1)) == "17"
    with pytest.raises(ExpiredLinkError):
        links.read(token, purpose="verify e-mail", now=now + HOUR)


def test_a_link_with_any_letter_changed_is_refused(links: SignedLinks, now: datetime) -> None:
    token = links.sign("verify e-mail", "17", expires_at=now + HOUR)

    for position, letter in enumerate(token):
        for other in LETTERS.replace(letter, ""):
            with pytest.raises(LinkError):
                links.read(token[:position] + other + token[position + 1 :], purpose="verify e-mail", now=now)


@pytest.mark.parametrize("token", ["", "A", "AAAA", "AQ" * 60, "ਅ", "\ud800", "a b", "====", "x" * 10_000])
def test_noise_is_refused(links: SignedLinks, now: datetime, token: str) -> None:
    with pytest.raises(LinkError):
        links.read(token, purpose="verify e-mail", now=now)


@pytest.mark.parametrize("spoil", ["{}=", "{}\n", " {}", "{}A", "{}\u200b"])
def test_a_link_has_one_spelling(links: SignedLinks, now: datetime, spoil: str) -> None:
    token = links.sign("verify e-mail", "17", expires_at=now + HOUR)

    with pytest.raises(LinkError):
        links.read(spoil.format(token), purpose="verify e-mail", now=now)


def test_a_link_signed_before_a_rotation_still_reads(links: SignedLinks, ring: KeyRing, now: datetime) -> None:
    token = links.sign("verify e-mail", "17", expires_at=now + HOUR)

    ring.rotate(Purpose.LINKS, now=now)

    assert links.read(token, purpose="verify e-mail", now=now) == "17"


def test_a_link_signed_by_another_installation_is_refused(links: SignedLinks, ring: KeyRing, now: datetime) -> None:
    other = KeyRing.create(ring.path.with_name("other.json"), now=now, mode_demo=False)
    token = SignedLinks(other).sign("verify e-mail", "17", expires_at=now + HOUR)

    with pytest.raises(LinkError):
        links.read(token, purpose="verify e-mail", now=now)
