"""Somebody else's wrong tries have closed every way in: her new keys open it again, as the page promises."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from msewa.accounts.models import Throttle, TotpFactor
from msewa.accounts.operations.hashing import hash_codes
from msewa.accounts.operations.opening import add_recovery_codes
from msewa.accounts.rules import MOST_FAILURES
from msewa.extensions import db, writing
from tests.accounts.walking import NUMBER, PASSWORD, Post, code_of, register, sign_in
from tests.people import Somebody, somebody
from tests.people import sign_in as let_in
from tests.strict_client import StrictClient

NEW_PASSWORD = "panj pind chhe khuh 31"
WRONG = "wrong wrong wrong"
PAPER = "ABCD-EFGH-JKLM-NPQR"


@pytest.fixture
def person(app: Flask) -> Somebody:
    made = somebody(app)
    with app.app_context(), writing():
        add_recovery_codes(made.subject(), hash_codes([PAPER], account_id=made.id))
        db.session.commit()
    return made


@pytest.fixture
def stranger(app: Flask) -> StrictClient:
    """The browser of whoever makes the wrong tries."""
    return StrictClient.of(app)


def close_what_was_tried(app: Flask) -> None:
    """Bring each count that was begun to its end, as two days of wrong tries would."""
    with app.app_context(), writing():
        db.session.execute(update(Throttle).values(tries=MOST_FAILURES))
        db.session.commit()


def answer_to(client: StrictClient, number: str, password: str) -> int:
    """Return what a browser is told that tries a password; 303 when it is right."""
    return client.submit("/sign-in", "sign-in", mobile=number, password=password).status_code


def proved_number(client: StrictClient, person: Somebody, post: Post, lost: str) -> Any:
    client.submit("/recover", "recover", mobile=person.mobile, lost=lost)
    return client.submit("/recover/verify", "verify", code=post.code_to(person.mobile))


def bind_app(client: StrictClient, app: Flask, path: str) -> str:
    secret = client.page(path).words("totp-secret")
    assert client.submit(path, "second-factor", code=code_of(app, secret)).status_code == 303
    return secret.replace(" ", "")


def test_a_new_password_opens_what_wrong_passwords_closed(app, client, another_client, stranger, person, post):
    assert answer_to(stranger, person.mobile, WRONG) == 422
    close_what_was_tried(app)
    closed = answer_to(client, person.mobile, person.password)

    proved_number(client, person, post, "password")
    client.submit("/recover/prove", "recover-prove", code=person.code())
    client.submit("/recover/password", "password", new_password=NEW_PASSWORD)

    assert closed == 429
    assert answer_to(another_client, person.mobile, NEW_PASSWORD) == 303


def test_a_new_app_opens_what_wrong_codes_closed(app, client, another_client, stranger, person, clock):
    assert answer_to(stranger, person.mobile, person.password) == 303
    wrong = "000000" if person.code() != "000000" else "000001"
    stranger.submit("/sign-in/second-factor", "second-factor", code=wrong)
    close_what_was_tried(app)
    with app.app_context(), writing():
        db.session.execute(update(TotpFactor).values(failures=MOST_FAILURES))
        db.session.commit()

    client.submit("/recover", "recover", mobile=person.mobile, lost="phone")
    client.submit("/recover/phone", "recover-phone", password=person.password, code=PAPER)
    secret = bind_app(client, app, "/recover/second-factor")
    clock.advance(seconds=60)

    assert sign_in(another_client, replace(person, totp_secret=secret)) == "/"


def test_a_reset_opens_everything_that_was_closed(app, client, another_client, stranger, person, post, clock):
    answer_to(stranger, person.mobile, WRONG)
    stranger.submit("/recover", "recover", mobile=person.mobile, lost="phone")
    stranger.submit("/recover/phone", "recover-phone", password=WRONG, code=PAPER)
    close_what_was_tried(app)
    proved_number(client, person, post, "everything")
    clock.advance(hours=72, seconds=1)
    proved_number(client, person, post, "everything")

    client.submit("/recover/password", "password", new_password=NEW_PASSWORD)
    secret = bind_app(client, app, "/recover/second-factor")
    codes = [node.text for node in client.page("/recover/recovery-codes").all("recovery-code")]
    client.submit("/recover/recovery-codes", "recovery-codes", kept="y")
    clock.advance(seconds=60)

    assert sign_in(another_client, replace(person, password=NEW_PASSWORD, totp_secret=secret)) == "/"
    stranger.submit("/recover", "recover", mobile=person.mobile, lost="phone")
    found = stranger.submit("/recover/phone", "recover-phone", password=NEW_PASSWORD, code=codes[0])
    assert found.headers.get("Location") == "/recover/second-factor"


def test_tries_at_a_number_without_an_account_do_not_shut_out_who_registers_it(app, client, another_client, stranger, post):
    answer_to(stranger, NUMBER, WRONG)
    close_what_was_tried(app)

    register(client, app, post)

    assert answer_to(another_client, NUMBER, PASSWORD) == 303


def test_tries_at_a_number_without_an_account_do_not_shut_out_who_moves_to_it(app, client, another_client, stranger, person, post):
    answer_to(stranger, NUMBER, WRONG)
    close_what_was_tried(app)
    let_in(client, person)
    client.submit("/account/mobile", "mobile", mobile=NUMBER)

    client.submit("/account/mobile/verify", "verify", code=post.code_to("+919814000417"))

    assert answer_to(another_client, NUMBER, person.password) == 303


def test_new_keys_do_not_open_the_way_to_more_messages(app, client, person, post):
    for _ in range(4):
        client.submit("/recover", "recover", mobile=person.mobile, lost="password")
    proved_number(client, person, post, "password")
    client.submit("/recover/prove", "recover-prove", code=person.code())
    client.submit("/recover/password", "password", new_password=NEW_PASSWORD)

    assert client.submit("/recover", "recover", mobile=person.mobile, lost="password").status_code == 429
