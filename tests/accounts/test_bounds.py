"""How many people's phones somebody may ring: codes go to few numbers for one visit, one account, one hour."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.accounts.models import SignInSession, Throttle
from msewa.accounts.operations.visits import data_of
from msewa.closure.operations import close_account
from msewa.extensions import db, writing
from tests.accounts.walking import NAME, Post, sign_in
from tests.conftest import ClockHandle
from tests.people import Somebody, somebody
from tests.strict_client import Page, StrictClient

NUMBERS = [f"98140 007{number:02}" for number in range(20)]
pytestmark = pytest.mark.promise("P75")


def write_to(client: StrictClient, number: str) -> Any:
    return client.submit("/register/details", "register", full_name=NAME, mobile=number)


def rung(post: Post) -> set[str]:
    """Return every number and address that a code went to."""
    post.work()
    return {letter.to for letter in post.letters if letter.codes}


def words_at(response: Any, field: str) -> str:
    return Page(response.get_data(as_text=True)).words(f"error-{field}")


@pytest.fixture
def few(app: Flask) -> Iterator[None]:
    """An installation that sends strangers three codes an hour."""
    known = app.extensions["settings"]
    app.extensions["settings"] = replace(known, codes_an_hour=3)
    yield
    app.extensions["settings"] = known


def test_one_visit_has_codes_sent_to_three_numbers(client: StrictClient, post: Post) -> None:
    client.submit("/register", "notice", answer="yes")

    answers = [write_to(client, number) for number in NUMBERS[:6]]

    assert [answer.status_code for answer in answers] == [303] * 3 + [429] * 3
    assert "Take one of those numbers, or begin again later." in words_at(answers[3], "mobile")
    assert len(rung(post)) == 3


def test_a_number_that_had_a_code_already_can_be_taken_again(client: StrictClient, post: Post) -> None:
    client.submit("/register", "notice", answer="yes")
    for number in NUMBERS[:4]:
        write_to(client, number)

    again = write_to(client, NUMBERS[0])
    client.submit("/register/verify", "verify", code=post.code_to("+919814000700"))

    assert again.status_code == 303
    assert client.get("/register/password").status_code == 200


def test_a_number_that_was_put_right_is_kept_nowhere(app: Flask, client: StrictClient) -> None:
    client.submit("/register", "notice", answer="yes")
    for number in NUMBERS[:2]:
        write_to(client, number)

    with app.app_context():
        visit = db.session.scalars(select(SignInSession)).one()
        kept = repr(data_of(visit.id, visit.data_key or b"", visit.sealed or b""))
    assert "9814000701" in kept
    assert "9814000700" not in kept


def test_numbers_with_and_without_an_account_are_bounded_alike(
    app: Flask, client: StrictClient, another_client: StrictClient, post: Post
) -> None:
    told = []
    for browser, numbers in ((client, NUMBERS[:4]), (another_client, [somebody(app).mobile for _ in range(4)])):
        browser.submit("/register", "notice", answer="yes")
        answers = [write_to(browser, number) for number in numbers]
        told.append([answer.status_code for answer in answers] + [words_at(answers[-1], "mobile")])

    assert told[0] == told[1]


@pytest.mark.usefixtures("few")
def test_many_visits_together_ring_no_more_than_the_settings_allow_in_an_hour(app: Flask, post: Post, clock: ClockHandle) -> None:
    answers = [ring(app, number) for number in NUMBERS[:5]]

    assert [answer.status_code for answer in answers] == [303] * 3 + [429] * 2
    assert "Very many people are asking for codes" in words_at(answers[-1], "mobile")
    assert int(answers[-1].headers["Retry-After"]) <= 3600
    assert len(rung(post)) == 3
    clock.advance(hours=1)
    assert ring(app, NUMBERS[5]).status_code == 303


def ring(app: Flask, number: str) -> Any:
    browser = StrictClient.of(app)
    browser.submit("/register", "notice", answer="yes")
    return write_to(browser, number)


@pytest.mark.usefixtures("few")
def test_the_brake_tells_nobody_who_has_an_account(app: Flask, client: StrictClient) -> None:
    known = [somebody(app).mobile for _ in range(4)]
    for number in (known[0], NUMBERS[0], NUMBERS[1]):
        client.submit("/recover", "recover", mobile=number, lost="everything")

    told = []
    for number in (known[1], NUMBERS[2]):
        registering, recovering = ring(app, number), client.submit("/recover", "recover", mobile=number, lost="password")
        told.append([(one.status_code, words_at(one, "mobile")) for one in (registering, recovering)])

    assert told[0] == told[1]
    assert [status for status, _ in told[0]] == [429, 429]


@pytest.mark.usefixtures("few")
def test_the_brake_is_written_to_the_log(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr("msewa.web.journal._write", lines.append)

    for number in NUMBERS[:4]:
        ring(app, number)

    assert sum("accounts.codes_braked" in line for line in lines) == 1


@pytest.mark.usefixtures("few")
def test_the_brake_leaves_sign_in_and_those_signed_in_alone(app: Flask, client: StrictClient, post: Post) -> None:
    person = somebody(app)
    for number in NUMBERS[:4]:
        ring(app, number)

    assert sign_in(client, person) == "/"
    assert client.submit("/account/mobile", "mobile", mobile=NUMBERS[9]).status_code == 303
    assert "+919814000709" in rung(post)


@pytest.mark.parametrize(
    ("field", "given"),
    [("mobile", NUMBERS), ("email", [f"planted{number}@example.in" for number in range(20)])],
    ids=["mobile", "email"],
)
def test_one_account_has_few_codes_sent_to_others(app: Flask, client: StrictClient, post: Post, field: str, given: list[str]) -> None:
    person: Somebody = somebody(app)
    sign_in(client, person)

    typed: list[dict[str, Any]] = [{field: one} for one in given[:8]]
    answers = [client.submit(f"/account/{field}", field, **one) for one in typed]

    assert [answer.status_code for answer in answers] == [303] * 5 + [429] * 3
    assert "Try again in" in words_at(answers[-1], field)
    assert len(rung(post)) == 5


def test_what_was_counted_for_an_account_goes_with_it(app: Flask, client: StrictClient) -> None:
    person = somebody(app)
    sign_in(client, person)
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Throttle))
    client.submit("/account/mobile", "mobile", mobile=NUMBERS[0])

    with app.app_context(), writing():
        close_account(person.id, actor=person.actor, now=app.extensions["clock"].now())
        db.session.commit()

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Throttle)) == (before or 0) + 1, "the other number's own count"
