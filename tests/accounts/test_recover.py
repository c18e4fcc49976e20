"""Getting back in."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from msewa.accounts.operations.hashing import hash_codes
from msewa.accounts.operations.opening import add_recovery_codes
from msewa.accounts.queries import find_pending_reset, get_subject
from msewa.extensions import db, writing
from tests.accounts.walking import code_of, is_signed_in, sign_in, visit_kinds
from tests.people import Somebody, somebody
from tests.people import sign_in as let_in
from tests.strict_client import Page

NEW_PASSWORD = "panj pind chhe khuh 31"
UNKNOWN = "+919814000499"
EMAIL = "harjinder@example.in"
PAPER = "ABCD-EFGH-JKLM-NPQR"


@pytest.fixture
def person(app: Any) -> Somebody:
    made = somebody(app, email=EMAIL)
    with app.app_context(), writing():
        add_recovery_codes(get_subject(made.id), hash_codes([PAPER], account_id=made.id))
        db.session.commit()
    return made


def begin(client: Any, person: Somebody, post: Any, lost: str) -> Any:
    client.submit("/recover", "recover", mobile=person.mobile, lost=lost)
    return client.submit("/recover/verify", "verify", code=post.code_to(person.mobile))


def link_in(post: Any, template: str) -> str:
    """Return where the newest mail of this name leads."""
    letter = next(one for one in reversed(post.to(EMAIL)) if one.template == template)
    return urlsplit(letter.links[0]).path


def agree(client: Any, post: Any) -> Any:
    return client.submit(link_in(post, "reset_agree"), "agree")


def take_new_keys(client: Any, app: Any) -> str:
    client.submit("/recover/password", "password", new_password=NEW_PASSWORD)
    secret = client.page("/recover/second-factor").words("totp-secret")
    client.submit("/recover/second-factor", "second-factor", code=code_of(app, secret))
    client.submit("/recover/recovery-codes", "recovery-codes", kept="y")
    return secret.replace(" ", "")


def test_a_lost_phone_is_replaced_by_password_and_paper_key(app, client, another_client, person, post, clock):
    let_in(another_client, person)
    client.submit("/recover", "recover", mobile=person.mobile, lost="phone")
    client.submit("/recover/phone", "recover-phone", password=person.password, code=PAPER)
    secret = client.page("/recover/second-factor").words("totp-secret")

    done = client.submit("/recover/second-factor", "second-factor", code=code_of(app, secret))

    assert done.headers["Location"].startswith("/account/security")
    assert is_signed_in(client)
    assert not is_signed_in(another_client)
    assert "notice_factor" in post.templates_to(person.mobile)
    clock.advance(seconds=60)
    renewed = Somebody(**{**person.__dict__, "totp_secret": secret.replace(" ", "")})
    assert sign_in(another_client, renewed) == "/"


@pytest.mark.parametrize(("password", "code"), [("wrong wrong wrong", PAPER), (None, "AAAA-AAAA-AAAA-AAAA")])
def test_password_and_paper_key_are_both_needed_and_a_right_one_is_not_used_up(client, person, password, code):
    client.submit("/recover", "recover", mobile=person.mobile, lost="phone")

    refused = client.submit("/recover/phone", "recover-phone", password=password or person.password, code=code)
    accepted = client.submit("/recover/phone", "recover-phone", password=person.password, code=PAPER)

    assert refused.status_code == 422
    assert "do not belong together" in Page(refused.get_data(as_text=True)).words("error-code")
    assert accepted.status_code == 303


def test_a_lost_password_is_replaced_by_a_code_and_the_second_key(app, client, another_client, person, post, clock):
    let_in(another_client, person)
    begin(client, person, post, "password")
    client.submit("/recover/prove", "recover-prove", code=person.code())

    done = client.submit("/recover/password", "password", new_password=NEW_PASSWORD)

    assert done.headers["Location"] == "/sign-in?done=password"
    assert not is_signed_in(another_client)
    clock.advance(seconds=60)
    renewed = Somebody(**{**person.__dict__, "password": NEW_PASSWORD})
    assert sign_in(client, renewed) == "/"


def test_a_paper_key_may_stand_in_for_the_second_key(client, person, post):
    begin(client, person, post, "password")

    answer = client.submit("/recover/prove", "recover-prove", code=PAPER.lower())

    assert answer.headers["Location"] == "/recover/password"


@pytest.mark.promise("P66")
@pytest.mark.promise("P75")
def test_a_code_to_the_number_alone_opens_nothing(app, client, person, post):
    answer = begin(client, person, post, "password")

    assert answer.headers["Location"] == "/recover/prove"
    for path in ("/recover/password", "/recover/second-factor", "/recover/recovery-codes"):
        assert client.get(path).headers["Location"] == "/recover"
    assert visit_kinds(app, client) == ["recover"]
    assert not is_signed_in(client)


@pytest.mark.promise("P66")
def test_a_new_holder_of_a_dormant_number_never_reaches_the_old_account(app, client, person, post, clock):
    clock.advance(days=91)

    answer = begin(client, person, post, "everything")

    assert answer.headers["Location"] == "/recover/waiting"
    assert "90 days" in client.page("/recover/waiting").text
    with app.app_context():
        assert find_pending_reset(person.id, now=clock.now()) is None


def test_known_and_unknown_numbers_look_the_same(client, another_client, person, post):
    ways = {"phone": "/recover/phone", "password": "/recover/verify", "everything": "/recover/verify"}
    for lost, path in ways.items():
        texts = []
        for browser, mobile in ((client, person.mobile), (another_client, UNKNOWN)):
            answer = browser.submit("/recover", "recover", mobile=mobile, lost=lost)
            assert answer.headers["Location"] == path
            texts.append(re.sub(r'value="[^"]*"|[\d ]{11,}', "", browser.page(path).text))
        assert texts[0] == texts[1]
    assert set(post.templates_to(UNKNOWN)) == {"no_account"}


def test_an_unknown_number_fails_like_a_wrong_password(client, another_client, person):
    texts = []
    for browser, mobile in ((client, person.mobile), (another_client, UNKNOWN)):
        browser.submit("/recover", "recover", mobile=mobile, lost="phone")
        answer = browser.submit("/recover/phone", "recover-phone", password="wrong wrong wrong", code="AAAA-AAAA-AAAA-AAAA")
        texts.append((answer.status_code, Page(answer.get_data(as_text=True)).words("error-summary")))

    assert texts[0] == texts[1]


def test_losing_everything_waits_three_days_and_tells_both_addresses_daily(client, another_client, person, post, clock):
    begin(client, person, post, "everything")
    agree(another_client, post)
    waiting = client.page("/recover/waiting")
    for _ in range(3):
        clock.advance(hours=24, seconds=1)
        post.work()

    told = [name for name in post.templates_to(EMAIL) if name.startswith("reset") and name != "reset_agree"]

    assert waiting.one("page-accounts.recover_waiting") is not None
    assert told == ["reset_begun", "reset_waiting", "reset_waiting", "reset_ready"]
    assert [name for name in post.templates_to(person.mobile) if name.startswith("reset")] == told


def test_reminders_that_fall_due_together_tell_only_once(client, another_client, person, post, clock):
    begin(client, person, post, "everything")
    agree(another_client, post)
    clock.advance(hours=24, seconds=1)
    post.work()
    clock.advance(hours=49)

    told = [name for name in post.templates_to(person.mobile) if name.startswith("reset")]

    assert told == ["reset_begun", "reset_waiting", "reset_ready"]


def test_before_the_wait_is_over_nothing_opens(client, another_client, person, post, clock):
    begin(client, person, post, "everything")
    agree(another_client, post)
    clock.advance(hours=71)

    answer = begin(client, person, post, "everything")

    assert answer.headers["Location"] == "/recover/waiting"
    assert client.get("/recover/password").headers["Location"] == "/recover"


def test_after_the_wait_everything_old_is_replaced(app, client, another_client, person, post, clock):
    begin(client, person, post, "everything")
    agree(another_client, post)
    clock.advance(hours=72, seconds=1)
    answer = begin(client, person, post, "everything")

    secret = take_new_keys(client, app)

    assert answer.headers["Location"] == "/recover/password"
    assert is_signed_in(client)
    with app.app_context():
        assert find_pending_reset(person.id, now=clock.now()) is None
    assert another_client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password).status_code == 422
    clock.advance(seconds=60)
    renewed = Somebody(**{**person.__dict__, "password": NEW_PASSWORD, "totp_secret": secret})
    assert sign_in(another_client, renewed) == "/"


def test_the_link_stops_a_reset_without_signing_in(app, client, another_client, person, post, clock):
    begin(client, person, post, "everything")
    link = link_in(post, "reset_begun")
    opened = another_client.page(link)
    with app.app_context():
        runs_still = find_pending_reset(person.id, now=clock.now()) is not None

    answer = another_client.submit(link, "cancel")

    assert runs_still
    assert '<meta name="robots" content="noindex">' in opened.text
    assert answer.headers["Location"] == "/recover/cancelled"
    again = another_client.get(link)
    assert again.status_code == 404
    assert Page(again.get_data(as_text=True)).all("form-cancel") == []
    clock.advance(hours=73)
    assert begin(client, person, post, "everything").headers["Location"] == "/recover/waiting"
    assert post.templates_to(EMAIL).count("reset_cancelled") == 1


def test_a_reset_stopped_at_the_last_moment_changes_nothing(app, client, another_client, person, post, clock):
    begin(client, person, post, "everything")
    cancel = link_in(post, "reset_begun")
    agree(another_client, post)
    clock.advance(hours=72, seconds=1)
    begin(client, person, post, "everything")
    client.submit("/recover/password", "password", new_password=NEW_PASSWORD)
    secret = client.page("/recover/second-factor").words("totp-secret")
    client.submit("/recover/second-factor", "second-factor", code=code_of(app, secret))
    another_client.submit(cancel, "cancel")

    done = client.submit("/recover/recovery-codes", "recovery-codes", kept="y")

    assert done.headers["Location"] == "/recover"
    assert not is_signed_in(client)
    assert sign_in(another_client, person) == "/"


def test_whoever_signs_in_meanwhile_sees_it_and_can_stop_it(client, another_client, person, post):
    begin(client, person, post, "everything")

    location = sign_in(another_client, person)
    another_client.submit("/account/security", "cancel-reset")

    assert location == "/account/security"
    with person.app.app_context():
        assert find_pending_reset(person.id, now=person.app.extensions["clock"].now() + timedelta(hours=1)) is None


def test_asking_twice_neither_restarts_the_wait_nor_tells_twice(client, person, post, clock):
    begin(client, person, post, "everything")
    clock.advance(hours=1)

    begin(client, person, post, "everything")

    assert post.templates_to(EMAIL).count("reset_begun") == 1


@pytest.mark.parametrize("lost", [None, "umbrella"])
def test_what_was_lost_must_be_said(client, lost):
    answer = client.submit("/recover?lang=pa", "recover", mobile=UNKNOWN, lost=lost)

    assert answer.status_code == 422
    assert Page(answer.get_data(as_text=True)).words("error-lost") == "ਚੁਣੋ ਕਿ ਕੀ ਗੁਆਚਿਆ ਹੈ"
