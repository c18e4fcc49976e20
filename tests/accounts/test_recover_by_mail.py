"""A delayed reset where there is a proved e-mail address: the number alone waits long, the mailbox shortens it (P66)."""

from datetime import timedelta

import pytest
from flask import Flask

from msewa.accounts.queries import find_pending_reset
from msewa.accounts.rules import RESET_OPEN, RESET_WAIT_ALONE
from msewa.ledger.queries import list_entries
from tests.accounts.test_recover import EMAIL, agree, begin, link_in
from tests.accounts.walking import Post
from tests.conftest import ClockHandle
from tests.people import Somebody, somebody
from tests.strict_client import StrictClient

pytestmark = pytest.mark.promise("P66")


@pytest.fixture
def person(app: Flask) -> Somebody:
    return somebody(app, email=EMAIL)


def lands(person: Somebody, post: Post) -> str:
    """Return where somebody lands who says in a fresh browser that everything is lost, and proves the number."""
    return begin(StrictClient.of(person.app), person, post, "everything").headers["Location"]


def test_without_the_mailbox_a_number_opens_nothing_for_thirty_days(
    client: StrictClient, person: Somebody, post: Post, clock: ClockHandle
) -> None:
    begin(client, person, post, "everything")
    shown = client.page("/recover/waiting").text

    clock.advance(hours=73)
    early = lands(person, post)
    clock.advance(days=26, hours=22)
    on_the_last_day = lands(person, post)

    assert "Open it and agree" in shown
    assert [early, on_the_last_day] == ["/recover/waiting"] * 2
    clock.advance(hours=2)
    assert lands(person, post) == "/recover/password", "who lost the mailbox too comes back in, later"


def test_an_agreement_of_the_mailbox_shortens_the_wait_to_three_days(
    app: Flask, client: StrictClient, another_client: StrictClient, person: Somebody, post: Post, clock: ClockHandle
) -> None:
    begin(client, person, post, "everything")

    agreed = agree(another_client, post)
    shown = another_client.page(agreed.headers["Location"]).text
    at_once = lands(person, post)
    clock.advance(hours=73)

    assert "Your e-mail address has agreed." in shown
    assert at_once == "/recover/waiting"
    assert lands(person, post) == "/recover/password"
    with app.app_context():
        assert [entry["act"] for entry in list_entries(person.subject())].count("reset.agreed") == 1


def test_an_agreement_that_comes_later_opens_from_then_on(
    client: StrictClient, another_client: StrictClient, person: Somebody, post: Post, clock: ClockHandle
) -> None:
    begin(client, person, post, "everything")
    clock.advance(days=6)

    agree(another_client, post)

    assert lands(person, post) == "/recover/password"
    clock.advance(days=6)
    assert lands(person, post) == "/recover/password", "for as long as after any other wait"


def test_agreeing_twice_changes_nothing(
    app: Flask, client: StrictClient, another_client: StrictClient, person: Somebody, post: Post, clock: ClockHandle
) -> None:
    begin(client, person, post, "everything")
    agree(another_client, post)
    with app.app_context():
        first = find_pending_reset(person.id, now=clock.now())
        assert first is not None
        moments = (first.ready_at, first.ends_at)
    clock.advance(hours=80)

    agree(another_client, post)

    with app.app_context():
        again = find_pending_reset(person.id, now=clock.now())
        assert again is not None
        assert (again.ready_at, again.ends_at) == moments


def test_opening_the_link_alone_agrees_to_nothing(
    client: StrictClient, another_client: StrictClient, person: Somebody, post: Post, clock: ClockHandle
) -> None:
    begin(client, person, post, "everything")

    page = another_client.page(link_in(post, "reset_agree"))
    clock.advance(hours=73)

    assert '<meta name="robots" content="noindex">' in page.text
    assert lands(person, post) == "/recover/waiting"


def test_the_link_that_agrees_goes_to_the_mailbox_alone(client: StrictClient, person: Somebody, post: Post) -> None:
    begin(client, person, post, "everything")

    assert "reset_agree" in post.templates_to(EMAIL)
    assert not any("/recover/agree/" in link for letter in post.to(person.mobile) for link in letter.links)


def test_a_link_that_stops_agrees_to_nothing(client: StrictClient, another_client: StrictClient, person: Somebody, post: Post) -> None:
    begin(client, person, post, "everything")

    taken_for_another = link_in(post, "reset_begun").replace("/cancel/", "/agree/")

    assert another_client.get(taken_for_another).status_code == 404


def test_a_stopped_reset_can_not_be_agreed_to(client: StrictClient, another_client: StrictClient, person: Somebody, post: Post) -> None:
    begin(client, person, post, "everything")
    link = link_in(post, "reset_agree")
    another_client.submit(link_in(post, "reset_begun"), "cancel")

    assert another_client.get(link).status_code == 404


def test_the_long_wait_is_told_of_to_its_end_and_no_longer(client: StrictClient, person: Somebody, post: Post, clock: ClockHandle) -> None:
    begin(client, person, post, "everything")
    for _ in range((RESET_WAIT_ALONE + RESET_OPEN + timedelta(days=3)).days):
        clock.advance(days=1, seconds=1)
        post.work()

    told = [name for name in post.templates_to(person.mobile) if name.startswith("reset")]

    assert told == ["reset_begun", *["reset_waiting"] * 6, "reset_ready"]


def test_after_an_agreement_nothing_is_told_once_the_reset_is_over(
    client: StrictClient, another_client: StrictClient, person: Somebody, post: Post, clock: ClockHandle
) -> None:
    begin(client, person, post, "everything")
    agree(another_client, post)
    for _ in range(20):
        clock.advance(days=1, seconds=1)
        post.work()

    told = [name for name in post.templates_to(person.mobile) if name.startswith("reset")]

    assert told == ["reset_begun", "reset_waiting", "reset_waiting", "reset_ready"]


def test_without_an_address_three_days_are_enough(app: Flask, post: Post, clock: ClockHandle) -> None:
    person = somebody(app)
    lands(person, post)

    clock.advance(hours=73)

    assert lands(person, post) == "/recover/password"
