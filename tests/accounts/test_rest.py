"""De-registering: a rest of 30 days that signing in ends, and that ends in leaving (P65)."""

import pytest
from flask import Flask

from msewa.accounts.operations.hashing import hash_codes
from msewa.accounts.operations.numbers import revoke_numbers
from msewa.accounts.operations.opening import add_recovery_codes
from msewa.accounts.operations.resting import OVER, say_soon_over
from msewa.accounts.queries import find_account_id, get_subject
from msewa.accounts.rules import Visit
from msewa.extensions import db, writing
from msewa.notifications.operations import send
from msewa.notifications.queries import list_messages
from msewa.outbox.queries import find_progress
from msewa.outbox.worker import run_due
from msewa.web.filters import show_moment
from tests.accounts.walking import Post, code_of, is_signed_in, visit_kinds
from tests.people import PASSWORD, Somebody, sign_in, signed_in, somebody
from tests.strict_client import StrictClient

PAPER = "ABCD-EFGH-JKLM-NPQR"


@pytest.fixture
def harjinder(app: Flask, client: StrictClient) -> Somebody:
    return signed_in(client, app=app)


def deregister(client: StrictClient) -> None:
    answer = client.submit("/account/deregister", "deregister")
    assert answer.headers["Location"] == "/account/deregistered"


def prove_both(client: StrictClient, person: Somebody) -> str:
    client.submit("/sign-in", "sign-in", mobile=person.mobile, password=PASSWORD)
    return client.submit("/sign-in/second-factor", "second-factor", code=person.code()).headers["Location"]


@pytest.mark.promise("P65")
def test_de_registering_ends_every_visit_at_once(
    app: Flask, client: StrictClient, another_client: StrictClient, harjinder: Somebody
) -> None:
    sign_in(another_client, harjinder)

    deregister(client)

    assert not is_signed_in(client)
    assert not is_signed_in(another_client)
    assert client.get("/account/deregistered").status_code == 200


@pytest.mark.promise("P65")
def test_while_it_rests_no_message_goes_out(app: Flask, client: StrictClient, harjinder: Somebody) -> None:
    deregister(client)

    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        values = {"reference": "AB12-CD34"}
        send("application_received", to=harjinder.mobile, channel="sms", language="en", values=values, now=now, account_id=harjinder.id)
        db.session.commit()
        states = [row.state for row in list_messages(harjinder.id)]

    assert states == ["dropped"]


@pytest.mark.promise("P65", "P66")
@pytest.mark.parametrize("begun", ["before", "meanwhile"])
def test_while_it_rests_nobody_comes_in_by_waiting(
    client: StrictClient, another_client: StrictClient, harjinder: Somebody, post: Post, clock, begun: str
) -> None:
    """Whoever has her phone alone: she is told nothing now, so she could not say no."""
    if begun == "before":
        ask_for_new_keys(another_client, harjinder, post)
    deregister(client)
    ask_for_new_keys(another_client, harjinder, post)
    clock.advance(hours=73)

    ask_for_new_keys(another_client, harjinder, post)

    assert "it is paused" in another_client.page("/recover/waiting").text
    assert another_client.get("/recover/password").headers["Location"] == "/recover"


def ask_for_new_keys(client: StrictClient, person: Somebody, post: Post) -> None:
    client.submit("/recover", "recover", mobile=person.mobile, lost="everything")
    client.submit("/recover/verify", "verify", code=post.code_to(person.mobile))


@pytest.mark.promise("P65")
def test_within_30_days_both_factors_and_one_press_bring_everything_back(client: StrictClient, harjinder: Somebody, clock) -> None:
    deregister(client)
    clock.advance(days=29)

    where = prove_both(client, harjinder)
    still_out = is_signed_in(client)
    client.submit("/sign-in/come-back", "come-back")

    assert where == "/sign-in/come-back"
    assert not still_out, "both factors alone do not wake it"
    assert is_signed_in(client)


@pytest.mark.promise("P65")
def test_coming_back_lets_messages_go_again_and_calls_off_the_leaving(app: Flask, client: StrictClient, harjinder: Somebody) -> None:
    deregister(client)
    prove_both(client, harjinder)

    client.submit("/sign-in/come-back", "come-back")

    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        values = {"reference": "AB12-CD34"}
        send("application_received", to=harjinder.mobile, channel="sms", language="en", values=values, now=now, account_id=harjinder.id)
        db.session.commit()
        assert [row.state for row in list_messages(harjinder.id, limit=1)] == ["waiting"]
        assert find_progress(OVER, harjinder.id) is None


def test_coming_back_leads_to_what_she_must_see_first(app: Flask, client: StrictClient, harjinder: Somebody) -> None:
    deregister(client)
    with app.app_context(), writing():
        list(revoke_numbers([harjinder.mobile], now=app.extensions["clock"].now()))
        db.session.commit()
    prove_both(client, harjinder)

    answer = client.submit("/sign-in/come-back", "come-back")

    assert answer.headers["Location"] == "/account/security"


@pytest.mark.promise("P65")
def test_after_30_days_the_account_goes_the_way_of_a_deleted_one(app: Flask, client: StrictClient, harjinder: Somebody, clock) -> None:
    deregister(client)
    clock.advance(days=29)
    work(app)
    kept = find(app, harjinder)
    clock.advance(days=1, minutes=1)
    work(app)

    assert kept == harjinder.id
    assert find(app, harjinder) is None


@pytest.mark.promise("P65")
def test_a_week_before_the_end_she_is_told_once_and_can_still_come_back(
    app: Flask, client: StrictClient, harjinder: Somebody, post: Post, clock
) -> None:
    deregister(client)
    before = len(post.templates_to(harjinder.mobile))
    clock.advance(days=22, hours=23)
    early = post.templates_to(harjinder.mobile)[before:]
    clock.advance(hours=2)
    with app.app_context():
        ends_at = find_progress(OVER, harjinder.id).due_at
    told = post.templates_to(harjinder.mobile)[before:]
    clock.advance(days=6)

    prove_both(client, harjinder)
    client.submit("/sign-in/come-back", "come-back")

    assert (early, told) == ([], ["account_rest_ending"])
    assert show_moment(ends_at) in next(letter.text for letter in post.to(harjinder.mobile) if letter.template == "account_rest_ending")
    assert post.templates_to(harjinder.mobile).count("account_rest_ending") == 1
    assert is_signed_in(client)


@pytest.mark.promise("P65")
@pytest.mark.parametrize("what", ["came back", "number given up"])
def test_nobody_is_told_of_an_end_that_is_none_or_where_a_stranger_would_read_it(
    app: Flask, client: StrictClient, harjinder: Somebody, post: Post, clock, what: str
) -> None:
    deregister(client)
    if what == "came back":
        prove_both(client, harjinder)
        client.submit("/sign-in/come-back", "come-back")
    if what == "number given up":
        with app.app_context(), writing():
            list(revoke_numbers([harjinder.mobile], now=clock.now()))
            db.session.commit()

    clock.advance(days=24)

    assert "account_rest_ending" not in post.templates_to(harjinder.mobile)


def test_what_comes_too_late_to_come_back_is_not_told(app: Flask, client: StrictClient, harjinder: Somebody, clock) -> None:
    """As after a standstill, when the word and the leaving are due together."""
    deregister(client)
    clock.advance(days=31)

    with app.app_context(), writing():
        say_soon_over(harjinder.id, now=clock.now())
        db.session.commit()
        templates = {row.template for row in list_messages(harjinder.id)}

    assert "account_rest_ending" not in templates


@pytest.mark.promise("P65")
def test_an_account_that_came_back_stays(app: Flask, client: StrictClient, harjinder: Somebody, clock) -> None:
    deregister(client)
    prove_both(client, harjinder)
    client.submit("/sign-in/come-back", "come-back")

    clock.advance(days=31)
    work(app)

    assert find(app, harjinder) == harjinder.id


def work(app: Flask) -> None:
    with app.app_context():
        run_due(now=app.extensions["clock"].now())


def find(app: Flask, person: Somebody) -> str | None:
    with app.app_context():
        return find_account_id(mobile=person.mobile)


def test_the_password_alone_does_not_show_the_way_back(client: StrictClient, harjinder: Somebody) -> None:
    deregister(client)
    client.submit("/sign-in", "sign-in", mobile=harjinder.mobile, password=PASSWORD)

    answer = client.get("/sign-in/come-back")

    assert answer.headers["Location"] == "/sign-in/second-factor"


def test_an_account_in_use_has_nothing_to_come_back_to(app: Flask, client: StrictClient) -> None:
    person = somebody(app)
    client.submit("/sign-in", "sign-in", mobile=person.mobile, password=PASSWORD)

    answer = client.get("/sign-in/come-back")

    assert answer.headers["Location"] == "/sign-in/second-factor"


@pytest.mark.promise("P65")
def test_the_page_says_how_it_differs_from_deleting(client: StrictClient, harjinder: Somebody) -> None:
    text = client.get("/account/deregister").get_data(as_text=True)

    assert "you can come back" in text
    assert 'href="/account/delete"' in text


def get_back_in(app: Flask, client: StrictClient, person: Somebody) -> str:
    """Go the way of a lost phone, with password and a paper key; return where it leads."""
    with app.app_context(), writing():
        add_recovery_codes(get_subject(person.id), hash_codes([PAPER], account_id=person.id))
        db.session.commit()
    client.submit("/recover", "recover", mobile=person.mobile, lost="phone")
    client.submit("/recover/phone", "recover-phone", password=PASSWORD, code=PAPER)
    secret = client.page("/recover/second-factor").words("totp-secret")
    return client.submit("/recover/second-factor", "second-factor", code=code_of(app, secret)).headers["Location"]


@pytest.mark.promise("P65", "P68")
def test_while_it_rests_a_change_of_its_keys_is_told(
    app: Flask, client: StrictClient, another_client: StrictClient, harjinder: Somebody, post: Post
) -> None:
    deregister(client)

    get_back_in(app, another_client, harjinder)

    assert {"notice_code_used", "notice_factor"} <= set(post.templates_to(harjinder.mobile))


@pytest.mark.promise("P65", "P68")
def test_while_it_rests_new_keys_wait_for_the_press_that_wakes_it(
    app: Flask, client: StrictClient, another_client: StrictClient, harjinder: Somebody
) -> None:
    deregister(client)

    where = get_back_in(app, another_client, harjinder)
    kinds, was_in = visit_kinds(app, another_client), is_signed_in(another_client)
    answer = another_client.submit("/sign-in/come-back", "come-back")

    assert where == "/sign-in/come-back"
    assert (kinds, was_in) == ([Visit.HALF], False)
    assert answer.headers["Location"] == "/account/security?done=factor"
    assert is_signed_in(another_client)
