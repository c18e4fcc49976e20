"""Two people, or one in two windows, who want one number at the same moment: one gets it, nobody gets a fault or another's account."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.accounts.models import Account
from msewa.accounts.queries import find_account_id
from msewa.extensions import db
from tests.accounts.walking import NUMBER, PASSWORD, Post, code_of, walk_to_password
from tests.at_once import Press, at_once
from tests.people import Somebody, sign_in, somebody
from tests.strict_client import StrictClient

MOBILE = "+919814000417"
pytestmark = pytest.mark.promise("P66")


def about_to_open(app: Flask, post: Post) -> Press:
    """Walk to the last press of a registration with this number."""
    browser = StrictClient.of(app)
    walk_to_password(browser, post)
    browser.submit("/register/password", "password", password=PASSWORD)
    page = browser.page("/register/second-factor")
    values = {**page.fields("second-factor"), "code": code_of(app, page.words("totp-secret"))}
    return lambda: browser.post("/register/second-factor", data=values)


def about_to_move(app: Flask, post: Post, person: Somebody) -> Press:
    """Walk to the last press of somebody who moves her account to this number."""
    browser = StrictClient.of(app)
    sign_in(browser, person)
    browser.submit("/account/mobile", "mobile", mobile=NUMBER)
    values = {**browser.page("/account/mobile/verify").fields("verify"), "code": post.code_to(MOBILE)}
    return lambda: browser.post("/account/mobile/verify", data=values)


def owners(app: Flask) -> tuple[str | None, int]:
    with app.app_context():
        return find_account_id(mobile=MOBILE), db.session.scalar(select(func.count()).select_from(Account)) or 0


def locations(answers: list[Any]) -> list[str]:
    return sorted(answer.headers.get("Location", str(answer.status_code)) for answer in answers)


def test_of_three_who_register_one_gets_the_number(app: Flask, post: Post) -> None:
    presses = [about_to_open(app, post) for _ in range(3)]

    answers = at_once(*presses)

    assert locations(answers) == ["/register/recovery-codes", "/sign-in?done=taken", "/sign-in?done=taken"]
    assert owners(app)[1] == 1


def test_of_two_who_move_to_it_one_gets_the_number_and_the_other_is_told(app: Flask, post: Post) -> None:
    people = [somebody(app), somebody(app)]
    presses = [about_to_move(app, post, person) for person in people]

    answers = at_once(*presses)

    assert locations(answers) == ["/account/security?done=mobile", "422"]
    [refused] = [answer for answer in answers if answer.status_code == 422]
    assert "Somebody else has proven this as theirs" in refused.get_data(as_text=True)
    assert owners(app)[0] in [person.id for person in people]


@pytest.mark.parametrize("dormant", [False, True])
def test_of_one_who_registers_and_one_who_moves_one_gets_the_number(app: Flask, post: Post, clock, dormant: bool) -> None:
    earlier = somebody(app, mobile=MOBILE) if dormant else None
    clock.advance(days=90)
    mover = somebody(app)
    presses = [about_to_open(app, post), about_to_move(app, post, mover)]

    answers = at_once(*presses)

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    owner, count = owners(app)
    assert owner is not None
    assert earlier is None or owner != earlier.id
    assert count == 1 + dormant + (owner != mover.id)


@pytest.mark.parametrize("round", range(3))
def test_a_new_holder_who_registers_while_the_old_one_leaves_gets_the_number(app: Flask, post: Post, clock, round: int) -> None:
    earlier, leaving = somebody(app, mobile=MOBILE), StrictClient.of(app)
    clock.advance(days=90)
    opening = about_to_open(app, post)
    sign_in(leaving, earlier)
    values = leaving.page("/account/delete").fields("delete")

    answers = at_once(opening, lambda: leaving.post("/account/delete", data=values))

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[1].headers["Location"].startswith("/account/deleted?")
    assert owners(app) == (owners(app)[0], 1)
    assert owners(app)[0] not in (None, earlier.id)
