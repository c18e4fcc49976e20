"""Leaving, seen from the door: her keys open nothing any more (P52), and no mark of her number stays to greet whoever comes next (P59)."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.accounts.models import SentCode, SignInSession, Throttle
from msewa.extensions import db
from tests.people import PASSWORD, Somebody, signed_in
from tests.strict_client import StrictClient


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
