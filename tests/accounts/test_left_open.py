"""A registration or a recovery left open where others sit down next: it ends by itself, and by a press."""

import pytest
from flask import Flask

from msewa.accounts.rules import Visit
from tests.accounts.walking import PASSWORD, Post, code_of, visit_kinds, walk_to_password
from tests.conftest import ClockHandle
from tests.people import somebody
from tests.strict_client import StrictClient

pytestmark = pytest.mark.promise("P68")
SECOND_KEY = "/register/second-factor"


def walk_to_second_key(client: StrictClient, post: Post) -> str:
    """Register as far as the authenticator app; return its secret."""
    walk_to_password(client, post, number="98140 00733")
    client.submit("/register/password", "password", password=PASSWORD)
    return client.page(SECOND_KEY).words("totp-secret")


def test_a_registration_ends_after_fifteen_quiet_minutes(client: StrictClient, post: Post, clock: ClockHandle) -> None:
    walk_to_second_key(client, post)

    clock.advance(minutes=15)

    assert client.get(SECOND_KEY).headers["Location"] == "/register"


def test_a_registration_that_is_used_goes_on(app: Flask, client: StrictClient, post: Post, clock: ClockHandle) -> None:
    secret = walk_to_second_key(client, post)
    for _ in range(3):
        clock.advance(minutes=14)
        assert client.get(SECOND_KEY).status_code == 200

    answer = client.submit(SECOND_KEY, "second-factor", code=code_of(app, secret))

    assert answer.headers["Location"] == "/register/recovery-codes"


def test_a_registration_that_is_used_ends_within_the_hour(client: StrictClient, post: Post, clock: ClockHandle) -> None:
    walk_to_second_key(client, post)
    for _ in range(4):
        clock.advance(minutes=14)
        client.get(SECOND_KEY)
    clock.advance(minutes=5)

    assert client.get(SECOND_KEY).headers["Location"] == "/register"


def test_a_recovery_ends_after_fifteen_quiet_minutes(app: Flask, client: StrictClient, clock: ClockHandle) -> None:
    client.submit("/recover", "recover", mobile=somebody(app).mobile, lost="phone")

    clock.advance(minutes=15)

    assert client.get("/recover/phone").headers["Location"] == "/recover"


def test_a_press_ends_a_registration_for_good(app: Flask, client: StrictClient, post: Post) -> None:
    walk_to_second_key(client, post)
    cookie = client.get_cookie("session")
    assert cookie is not None

    answer = client.submit(SECOND_KEY, "stop")

    assert answer.headers["Location"] == "/register/declined"
    assert client.get_cookie("session") is None
    client.set_cookie("session", cookie.value)
    assert visit_kinds(app, client) == []


def test_a_press_ends_a_recovery_for_good(app: Flask, client: StrictClient) -> None:
    client.submit("/recover", "recover", mobile=somebody(app).mobile, lost="phone")
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert visit_kinds(app, client) == [Visit.RECOVER]

    answer = client.submit("/recover/phone", "stop")

    assert answer.headers["Location"] == "/sign-out"
    client.set_cookie("session", cookie.value)
    assert visit_kinds(app, client) == []
