"""Visits: their cookie, their end, and signing out."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from msewa.accounts.models import Account, SignInSession
from msewa.extensions import db, writing
from tests.accounts.walking import is_signed_in, sign_in
from tests.people import Somebody, somebody
from tests.people import sign_in as let_in
from tests.strict_client import StrictClient


def half_way(client: StrictClient, person: Somebody) -> Any:
    return client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)


@pytest.fixture
def person(app: Any) -> Somebody:
    return somebody(app)


def test_a_finished_sign_in_tells_of_a_new_browser_once(client, person, post, clock):
    sign_in(client, person)
    clock.advance(minutes=20)
    sign_in(client, person)
    clock.advance(minutes=20)

    assert post.templates_to(person.mobile) == ["notice_new_device"]


def test_the_cookie_is_closed_to_scripts_and_other_sites(client, person):
    answer = half_way(client, person)

    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert not {"Max-Age", "Expires", "Domain"} & set(re.split(r"[=;] ?", cookie))


def test_the_database_holds_the_token_only_hashed(app, client, person):
    sign_in(client, person)
    token = client.get_cookie("session").value

    with app.app_context():
        row = db.session.execute(select(SignInSession.__table__)).mappings().one()
    assert token not in str(dict(row))
    assert token.encode() not in row["token_hash"]


def test_a_visit_ends_after_fifteen_quiet_minutes(client, person, clock):
    let_in(client, person)
    clock.advance(minutes=14, seconds=50)
    used_in_time = is_signed_in(client)
    clock.advance(minutes=14, seconds=50)
    used_again = is_signed_in(client)

    clock.advance(minutes=15, seconds=1)

    assert (used_in_time, used_again, is_signed_in(client)) == (True, True, False)


def test_a_visit_ends_after_twelve_hours_however_busy(client, person, clock):
    let_in(client, person)
    for _ in range(72):
        clock.advance(minutes=9, seconds=59)
        assert is_signed_in(client)

    clock.advance(minutes=2)

    assert not is_signed_in(client)


def test_a_token_that_was_never_given_opens_nothing(client):
    for token in ("", "x", "../../etc", "0" * 3000, "ਪ"):
        client.set_cookie("session", token)
        assert not is_signed_in(client)


@pytest.mark.promise("P62")
def test_signing_out_ends_the_visit_and_says_that_nothing_is_deleted(client, person, clock):
    let_in(client, person)
    token = client.get_cookie("session").value

    answer = client.submit("/sign-out", "leave")
    words = client.page("/sign-out").words("still-registered")
    client.set_cookie("session", token)

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "deletes nothing" in words
    assert not is_signed_in(client)
    client.set_cookie("session", "")
    assert sign_in(client, person) == "/"


def test_a_suspended_account_cannot_be_used(app, client, person):
    let_in(client, person)
    with app.app_context(), writing():
        db.session.execute(update(Account).values(state="suspended"))
        db.session.commit()

    assert not is_signed_in(client)
    assert half_way(client, person).status_code == 422


def test_looking_at_a_page_notes_the_moment_at_most_once_a_minute(app, client, person, clock):
    let_in(client, person)

    def seen() -> Any:
        with app.app_context():
            return db.session.scalars(select(SignInSession.seen_at)).one()

    before = seen()
    clock.advance(seconds=30)
    is_signed_in(client)
    unchanged = seen()
    clock.advance(seconds=31)
    is_signed_in(client)

    assert unchanged == before
    assert (seen() - before).total_seconds() > 60
