"""Leaving, seen from the door: her keys open nothing any more (P52), and no mark of her number stays to greet whoever comes next (P59)."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.accounts.models import SentCode, SignInSession, Throttle
from msewa.extensions import db
from tests.accounts.conftest import post
from tests.accounts.walking import NUMBER, walk_to_codes, walk_to_password
from tests.people import PASSWORD, Somebody, signed_in
from tests.strict_client import StrictClient

__all__ = ["post"]


@pytest.fixture
def her(app: Flask, client: StrictClient) -> Somebody:
    return signed_in(client, app=app, email="a.person@example.org")


def leave(client: StrictClient) -> None:
    assert client.submit("/account/delete", "delete").headers["Location"].startswith("/account/deleted")


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.promise("P52")
@pytest.mark.parametrize("by", ["mobile", "email"])
def test_her_password_and_code_open_nothing_after_she_left(
    app: Flask, her: Somebody, client: StrictClient, another_client, by: str
) -> None:
    leave(client)

    name = her.mobile.removeprefix("+91") if by == "mobile" else her.email
    answer = another_client.submit("/sign-in", "sign-in", mobile=name, password=PASSWORD)

    assert answer.status_code == 422
    assert another_client.get("/profile").headers["Location"].startswith("/sign-in")


@pytest.mark.promise("P59")
def test_no_count_of_tries_and_no_unfinished_way_in_outlives_her(app: Flask, her: Somebody, client: StrictClient, another_client) -> None:
    number = her.mobile.removeprefix("+91")
    for _ in range(3):
        another_client.submit("/sign-in", "sign-in", mobile=number, password="not the right words")
    another_client.submit("/recover", "recover", mobile=number, lost="password")
    stranger = StrictClient.of(app)
    stranger.submit("/register", "notice", answer="yes")
    stranger.submit("/register/details", "register", full_name="Somebody Else", mobile=number)
    before = {model.__tablename__: count(app, model) for model in (Throttle, SignInSession, SentCode)}

    leave(client)

    assert min(before.values()) >= 1, before
    assert {model.__tablename__: count(app, model) for model in (Throttle, SignInSession, SentCode)} == dict.fromkeys(before, 0)


@pytest.mark.promise("P53", "P60")
@pytest.mark.parametrize("page", ["/register/recovery-codes", "/account/security"])
def test_nothing_of_a_registration_outlives_who_leaves_before_she_kept_her_paper_keys(
    app: Flask, client: StrictClient, post, page: str
) -> None:
    walk_to_codes(client, app, post)
    client.page(page)

    leave(client)

    assert count(app, SignInSession) == 0


@pytest.mark.promise("P53", "P60")
def test_no_earlier_registration_of_hers_outlives_her(app: Flask, client: StrictClient, another_client: StrictClient, post) -> None:
    walk_to_password(another_client, post)
    walk_to_codes(client, app, post)

    leave(client)

    assert count(app, SignInSession) == 0


@pytest.mark.promise("P53")
def test_no_recovery_outlives_her_at_whichever_step_it_stopped(app: Flask, client: StrictClient, post) -> None:
    walk_to_codes(client, app, post)
    number = "+91" + NUMBER.replace(" ", "")
    codes = [node.text for node in client.page("/register/recovery-codes").all("recovery-code")]
    verified, proved = StrictClient.of(app), StrictClient.of(app)
    for browser, lost in ((verified, "everything"), (proved, "password")):
        browser.submit("/recover", "recover", mobile=number, lost=lost)
        browser.submit("/recover/verify", "verify", code=post.code_to(number))
    assert proved.submit("/recover/prove", "recover-prove", code=codes[0]).status_code == 303

    leave(client)

    assert count(app, SignInSession) == 0


@pytest.mark.promise("P53")
def test_nothing_begun_with_a_number_she_gave_up_outlives_her(
    app: Flask, her: Somebody, client: StrictClient, another_client, post
) -> None:
    another_client.submit("/recover", "recover", mobile=her.mobile.removeprefix("+91"), lost="phone")
    client.submit("/account/mobile", "mobile", mobile="7111122225")
    assert client.submit("/account/mobile/verify", "verify", code=post.code_to("+917111122225")).status_code == 303

    leave(client)

    assert count(app, SignInSession) == 0
