"""Tries in vain: slowed down, closed at last, and no way to lock somebody out."""

from typing import Any

import pytest
from sqlalchemy import select, update

from msewa.accounts.models import Throttle, TotpFactor
from msewa.accounts.operations.throttling import TooManyTriesError, take_try
from msewa.accounts.rules import MOST_FAILURES
from msewa.extensions import db, writing
from tests.accounts.walking import sign_in
from tests.people import Somebody, somebody
from tests.strict_client import Page, StrictClient

UNKNOWN = "+919814000499"


def page_of(response: Any) -> Page:
    return Page(response.get_data(as_text=True))


def half_way(client: StrictClient, person: Somebody) -> Any:
    return client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)


@pytest.fixture
def person(app: Any) -> Somebody:
    return somebody(app)


def test_both_kinds_of_numbers_are_slowed_down_alike(client, another_client, person):
    answers = [
        [browser.submit("/sign-in", "sign-in", mobile=mobile, password="wrong wrong wrong").status_code for _ in range(6)]
        for browser, mobile in ((client, person.mobile), (another_client, UNKNOWN))
    ]

    assert answers[0] == answers[1] == [422] * 5 + [429]


def test_five_tries_are_free_then_the_wait_doubles(client, person, clock):
    for _ in range(5):
        client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")

    blocked = client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)
    clock.advance(seconds=31)
    tried = client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")
    again = client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")

    assert blocked.status_code == 429
    assert 20 <= int(blocked.headers["Retry-After"]) <= 30
    assert "Try again in" in page_of(blocked).words("error-password")
    assert tried.status_code == 422
    assert 50 <= int(again.headers["Retry-After"]) <= 60


def test_whoever_waits_exactly_as_long_as_told_may_try_again(client, person, clock):
    for _ in range(5):
        client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")
    blocked = half_way(client, person)

    clock.advance(seconds=int(blocked.headers["Retry-After"]))

    assert blocked.status_code == 429
    assert half_way(client, person).status_code == 303


def test_a_right_password_forgets_the_wrong_ones(client, person):
    for _ in range(4):
        client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")
    half_way(client, person)

    answers = [client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [422] * 4


def test_strangers_cannot_lock_out_a_browser_she_has_used(client, another_client, person):
    sign_in(client, person)
    client.submit("/sign-out", "leave")
    for _ in range(6):
        another_client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")

    assert another_client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password).status_code == 429
    assert half_way(client, person).status_code == 303


def test_fifty_failures_close_a_way_in_for_good(app, clock):
    with app.app_context(), writing():
        for _ in range(MOST_FAILURES):
            take_try(b"x" * 32, now=clock.now())
            clock.advance(hours=1)

        with pytest.raises(TooManyTriesError) as caught:
            take_try(b"x" * 32, now=clock.advance(days=300))

        assert caught.value.until is None
        db.session.rollback()


def test_fifty_wrong_codes_in_a_row_close_the_authenticator(app, client, person):
    half_way(client, person)
    with app.app_context(), writing():
        db.session.execute(update(TotpFactor).values(failures=MOST_FAILURES))
        db.session.commit()

    answer = client.submit("/sign-in/second-factor", "second-factor", code=person.code())

    assert answer.status_code == 429
    assert "this way in is closed" in page_of(answer).words("error-code")


def test_a_try_that_must_wait_leaves_no_trace_of_the_number(app, client, person):
    client.submit("/sign-in", "sign-in", mobile=person.mobile, password="wrong wrong wrong")

    with app.app_context():
        buckets = db.session.scalars(select(Throttle.bucket)).all()
    assert buckets
    assert person.mobile.encode() not in b"".join(buckets)
    assert person.id.encode() not in b"".join(buckets)


def told(client: StrictClient, name: str, password: str = "wrong wrong wrong") -> tuple[int, str]:
    answer = client.submit("/sign-in", "sign-in", mobile=name, password=password)
    return answer.status_code, page_of(answer).words("error-password") if answer.status_code != 303 else ""


def test_a_number_and_an_address_of_one_account_have_their_tries_in_common(app, client, another_client):
    person = somebody(app, email="planted.tries@example.in")
    for _ in range(5):
        told(client, person.mobile)

    beyond = told(client, "planted.tries@example.in", person.password)

    assert beyond[0] == 422
    assert told(another_client, "planted.tries@example.in", person.password)[0] == 422


def test_nobody_learns_that_a_number_and_an_address_are_one_persons(app, client, another_client):
    person = somebody(app, email="planted.tries@example.in")

    hers = [told(client, name) for name in (person.mobile, "planted.tries@example.in") for _ in range(6)]
    nobodys = [told(another_client, name) for name in (UNKNOWN, "planted.nobody@example.in") for _ in range(6)]

    assert hers == nobodys
    assert [status for status, _ in hers] == ([422] * 5 + [429]) * 2


def test_in_a_browser_she_has_used_she_is_told_to_wait_under_either_name(app, client):
    person = somebody(app, email="planted.tries@example.in")
    sign_in(client, person)
    client.submit("/sign-out", "leave")
    for _ in range(5):
        told(client, person.mobile)

    answer = told(client, "planted.tries@example.in", person.password)

    assert answer[0] == 429
    assert "Try again in" in answer[1]


def test_after_the_wait_either_name_opens_and_forgets_the_wrong_tries(app, client, clock):
    person = somebody(app, email="planted.tries@example.in")
    for _ in range(5):
        told(client, person.mobile)
    clock.advance(seconds=31)

    answers = [told(client, "planted.tries@example.in", person.password)[0] for _ in range(6)]

    assert answers == [303] * 6
