"""A browser is known to an account by a token of ours that no other account has, whatever somebody has put there before."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.accounts.models import KnownDevice
from msewa.accounts.rules import MOST_ON_A_BROWSER
from msewa.crypto.tokens import new_token, token_hash
from msewa.extensions import db
from tests.accounts.walking import Post, sign_in
from tests.conftest import ClockHandle
from tests.people import Somebody, somebody
from tests.strict_client import StrictClient

WRONG = "wrong wrong wrong"


@pytest.fixture
def person(app: Flask) -> Somebody:
    return somebody(app)


def come_and_go(client: StrictClient, person: Somebody, clock: ClockHandle) -> str:
    """Sign in and out; return what the browser's cookie holds then."""
    clock.advance(seconds=31)
    sign_in(client, person)
    client.submit("/sign-out", "leave")
    cookie = client.get_cookie("device")
    return cookie.value if cookie else ""


def answer_to(client: StrictClient, person: Somebody, password: str) -> int:
    return client.submit("/sign-in", "sign-in", mobile=person.mobile, password=password).status_code


def count_notices(post: Post, person: Somebody) -> int:
    return post.templates_to(person.mobile).count("notice_new_device")


@pytest.mark.parametrize("planted", ["planted" + "x" * 36, "attacker-chosen"])
def test_a_token_that_somebody_planted_is_not_taken_for_hers(
    app: Any, client: Any, another_client: Any, person, post, clock, planted
) -> None:
    client.set_cookie("device", planted)
    come_and_go(client, person, clock)
    another_client.set_cookie("device", planted)

    come_and_go(another_client, person, clock)

    assert count_notices(post, person) == 2
    with app.app_context():
        assert token_hash(planted) not in db.session.scalars(select(KnownDevice.token_hash)).all()


def test_whoever_used_the_browser_before_her_cannot_lock_her_out_of_it(app: Any, client: Any, another_client: Any, person, clock) -> None:
    left = come_and_go(client, somebody(app), clock)
    come_and_go(client, person, clock)
    another_client.set_cookie("device", left)

    tries = [answer_to(another_client, person, WRONG) for _ in range(6)]

    assert tries == [422] * 5 + [429]
    assert answer_to(client, person, person.password) == 303


@pytest.mark.promise("P61")
def test_a_browser_that_two_share_is_known_to_both_and_joins_them_by_nothing(app: Any, client: Any, person, post, clock) -> None:
    people = [person, somebody(app)]
    for each in people:
        come_and_go(client, each, clock)

    for each in people:
        come_and_go(client, each, clock)

    assert [count_notices(post, each) for each in people] == [1, 1]
    with app.app_context():
        counts = db.session.execute(select(func.count(), func.count(KnownDevice.token_hash.distinct())).select_from(KnownDevice)).one()
    assert tuple(counts) == (2, 2)


def test_the_cookie_of_a_browser_that_many_share_stays_short(app: Any, client: Any, clock) -> None:
    client.set_cookie("device", f"{'x' * 3000}.{'.'.join(new_token() for _ in range(20))}")

    held = come_and_go(client, somebody(app), clock)

    assert len(held.split(".")) == MOST_ON_A_BROWSER
    assert len(held) < 400
