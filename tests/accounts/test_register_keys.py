"""Opening an account: password, authenticator and paper keys; and one account however often one presses."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from msewa.accounts.models import Account, SignInSession
from msewa.accounts.operations import opening, visits
from msewa.extensions import db, writing
from tests.accounts.walking import NAME, NUMBER, PASSWORD, code_of, is_signed_in, visit_kinds, walk_to_codes, walk_to_password
from tests.strict_client import Page


def page_of(response: Any) -> Page:
    return Page(response.get_data(as_text=True))


def count(app: Any, table: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 12"),
        ("a" * 257, "at most 256"),
        ("password123456", "first passwords"),
        ("qwertyuiop123", "first passwords"),
        ("Punjab@123456", "easy to guess"),
        ("ludhiana-2026-!!", "easy to guess"),
        ("Planted kaur 19", "easy to guess"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason_and_never_shown_again(client, post, password, reason):
    walk_to_password(client, post)

    answer = client.submit("/register/password", "password", password=password)

    assert answer.status_code == 422
    page = page_of(answer)
    assert reason in page.words("error-password")
    assert page.fields("password")["password"] == ""


def test_a_wrong_first_code_binds_nothing(app, client, post):
    walk_to_password(client, post)
    client.submit("/register/password", "password", password=PASSWORD)
    secret = client.page("/register/second-factor").words("totp-secret")
    wrong = f"{(int(code_of(app, secret)) + 1) % 10**6:06d}"

    answer = client.submit("/register/second-factor", "second-factor", code=wrong)

    assert answer.status_code == 422
    assert client.get("/register/recovery-codes").headers["Location"] == "/register/second-factor"


def test_the_recovery_codes_are_shown_until_she_goes_on_and_come_as_text_too(app, client, post):
    walk_to_codes(client, app, post)
    codes = [node.text for node in client.page("/register/recovery-codes").all("recovery-code")]

    text = client.get("/register/recovery-codes?as=text")
    client.submit("/register/recovery-codes", "recovery-codes")

    assert client.get("/register/recovery-codes").headers["Location"] == "/account/security"
    assert visit_kinds(app, client) == ["full"]
    assert text.mimetype == "text/plain"
    assert "attachment" in text.headers["Content-Disposition"]
    assert all(code in text.get_data(as_text=True) for code in codes)


def test_whoever_stops_at_the_recovery_codes_has_an_account_all_the_same(app, client, another_client, post, clock):
    secret = walk_to_codes(client, app, post)
    assert is_signed_in(client)
    clock.advance(seconds=60)

    another_client.submit("/sign-in", "sign-in", mobile=NUMBER, password=PASSWORD)
    another_client.submit("/sign-in/second-factor", "second-factor", code=code_of(app, secret.replace(" ", "")))

    assert is_signed_in(another_client)
    assert another_client.page("/account/security").text.count("10 left") == 1


def test_pressing_confirm_twice_opens_one_account_and_shows_its_codes(app, client, post):
    """The browser throws the first answer away, cookie and all."""
    walk_to_password(client, post)
    client.submit("/register/password", "password", password=PASSWORD)
    page = client.page("/register/second-factor")
    values = {**page.fields("second-factor"), "code": code_of(app, page.words("totp-secret"))}
    token = client.get_cookie("session").value

    first = client.post("/register/second-factor", data=values)
    client.set_cookie("session", token)
    second = client.post("/register/second-factor", data=values)

    assert first.headers["Location"] == second.headers["Location"] == "/register/recovery-codes"
    assert is_signed_in(client)
    assert len(client.page("/register/recovery-codes").all("recovery-code")) == 10
    assert count(app, Account) == 1


@pytest.mark.promise("P75")
@pytest.mark.parametrize("left", ["shown", "signed out", "used a while"])
def test_a_registration_opens_nothing_once_it_has_led_to_a_signed_in_visit(app, client, another_client, post, clock, left):
    token = opened_by(client, app, post)
    if left == "shown":
        client.page("/register/recovery-codes")
    if left == "signed out":
        client.submit("/account/security", "sign-out")
    if left == "used a while":
        clock.advance(minutes=2)
        client.page("/account/security")

    another_client.set_cookie("session", token)
    answer = another_client.get("/register/recovery-codes")

    assert answer.headers["Location"] in ("/register", "/sign-in")
    assert not is_signed_in(another_client)


@pytest.mark.promise("P75")
def test_whoever_comes_back_takes_over_the_one_visit_that_was_begun(app, client, another_client, post):
    another_client.set_cookie("session", opened_by(client, app, post))

    answer = another_client.get("/register/recovery-codes")

    assert answer.headers["Location"] == "/register/recovery-codes"
    assert is_signed_in(another_client)
    assert not is_signed_in(client)


@pytest.mark.promise("P53")
def test_an_account_that_was_opened_leaves_nothing_in_its_registration(app, client, post):
    opened_by(client, app, post)

    with app.app_context():
        row = db.session.scalars(select(SignInSession).where(SignInSession.kind == "enrol")).one()
        assert set(visits.data_of(row.id, row.data_key, row.sealed)) == {"account", "opened"}
        assert row.account_id is not None


def opened_by(client: Any, app: Any, post: Any) -> str:
    """Open an account; return the token of its registration, whose last answer may never have arrived."""
    walk_to_password(client, post)
    client.submit("/register/password", "password", password=PASSWORD)
    token = client.get_cookie("session").value
    secret = client.page("/register/second-factor").words("totp-secret")
    client.submit("/register/second-factor", "second-factor", code=code_of(app, secret))
    return token


def test_pressing_finish_twice_opens_one_account(app, client, post):
    walk_to_codes(client, app, post)
    values = {**client.page("/register/recovery-codes").fields("recovery-codes"), "kept": "y"}

    first = client.post("/register/recovery-codes", data=values)
    second = client.post("/register/recovery-codes", data=values)

    assert first.headers["Location"] == second.headers["Location"] == "/"
    assert count(app, Account) == 1


def test_two_windows_that_prove_the_same_number_make_one_account(app, client, another_client, post):
    for browser in (client, another_client):
        walk_to_password(browser, post)
    answers = []
    for browser in (client, another_client):
        browser.submit("/register/password", "password", password=PASSWORD)
        secret = browser.page("/register/second-factor").words("totp-secret")
        answers.append(browser.submit("/register/second-factor", "second-factor", code=code_of(app, secret)))

    assert [answer.headers["Location"] for answer in answers] == ["/register/recovery-codes", "/sign-in?done=taken"]
    assert count(app, Account) == 1
    assert "got its account a moment ago" in another_client.page("/sign-in?done=taken").text


@pytest.mark.promise("P61")
def test_the_same_person_registering_again_shares_no_id_and_no_key(app):
    made = []
    for _ in range(2):
        with app.app_context(), writing():
            facts = {"password": PASSWORD, "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "role": "citizen", "office": None}
            now = app.extensions["clock"].now() + timedelta(days=len(made))
            subject = opening.create_account(full_name=NAME, mobile=NUMBER, language="pa", now=now, **facts)
            row = db.session.get_one(Account, subject.id)
            made.append({subject.id, subject.key, row.data_key, row.identity, row.contact, row.password})
            db.session.rollback()

    assert not made[0] & made[1]
