"""Putting back a number or e-mail address that somebody else changed, by the link that went to the earlier one."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.accounts.models import LeftAddress
from msewa.accounts.operations.left import list_left
from msewa.accounts.operations.numbers import revoke_numbers
from msewa.accounts.queries import Contact, find_account_id, get_contact, get_subject
from msewa.extensions import db, writing
from msewa.promises.checks import columns
from tests.accounts.walking import PASSWORD, Post, code_of, is_signed_in, register
from tests.people import Somebody, somebody
from tests.people import sign_in as let_in
from tests.strict_client import Page, StrictClient

HERS, HIS, OTHER = "+917122223331", "+917122223332", "+917122223333"
EMAIL, HIS_EMAIL = "putting.back@example.in", "his@example.in"
NEW_PASSWORD = "panj pind chhe khuh 31"
pytestmark = pytest.mark.promise("P68", "P75")


@pytest.fixture
def person(app: Flask) -> Somebody:
    return somebody(app, mobile=HERS, email=EMAIL)


@pytest.fixture
def thief(app: Flask, person: Somebody) -> StrictClient:
    """Somebody who has her password, and had a code of her app."""
    client = StrictClient.of(app)
    let_in(client, person)
    return client


def changes(client: StrictClient, post: Post, *, to: str) -> None:
    field = "email" if "@" in to else "mobile"
    client.submit(f"/account/{field}", field, **{field: to})
    assert client.submit(f"/account/{field}/verify", "verify", code=post.code_to(to)).status_code == 303


def moves(person: Somebody, post: Post, *, to: str) -> None:
    """Whoever has her keys, she or the thief, signs in and changes an address."""
    client = StrictClient.of(person.app)
    let_in(client, person)
    changes(client, post, to=to)


def link_in(post: Post, address: str) -> str:
    return urlsplit([letter.links[0] for letter in post.to(address) if letter.links][-1]).path


def contact_of(person: Somebody) -> Contact:
    with person.app.app_context():
        return get_contact(get_subject(person.id))


def count_left(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(LeftAddress)) or 0


def try_password(app: Flask, name: str, password: str) -> Any:
    return StrictClient.of(app).submit("/sign-in", "sign-in", mobile=name, password=password)


def test_the_earlier_number_is_put_back_and_leads_to_a_new_password(app, client, thief, person, post):
    changes(thief, post, to=HIS)
    link = link_in(post, HERS)
    lead = client.page(link).text

    answer = client.submit(link, "not-me")

    assert "gets its earlier mobile number back" in lead
    assert "Your earlier mobile number is back" in client.page(answer.headers["Location"]).text
    assert contact_of(person).mobile == HERS
    assert not is_signed_in(thief)
    client.submit("/recover", "recover", mobile=HERS, lost="password")
    client.submit("/recover/verify", "verify", code=post.code_to(HERS))
    client.submit("/recover/prove", "recover-prove", code=person.code())
    assert client.submit("/recover/password", "password", new_password=NEW_PASSWORD).status_code == 303
    assert try_password(app, HERS, NEW_PASSWORD).status_code == 303


@pytest.mark.promise("P77")
def test_an_account_without_a_password_is_no_fault_to_the_self_check(app, client, thief, post, clock):
    changes(thief, post, to=HIS)
    client.submit(link_in(post, HERS), "not-me")

    with app.app_context():
        found = columns.find_open_columns(clock.now())

    assert "account.password: something lies there in the open." not in found


@pytest.mark.parametrize("name", [HERS, HIS, EMAIL])
def test_whoever_changed_the_number_is_not_let_in_again_with_the_password_he_knew(app, client, thief, person, post, name):
    changes(thief, post, to=HIS)
    client.submit(link_in(post, HERS), "not-me")

    answer = try_password(app, name, person.password)

    assert answer.status_code == 422


def test_the_earlier_email_address_is_put_back_and_the_number_stays(client, thief, person, post):
    changes(thief, post, to=HIS_EMAIL)

    answer = client.submit(link_in(post, EMAIL), "not-me")

    assert answer.headers["Location"] == "/recover?why=email-back"
    assert (contact_of(person).email, contact_of(person).mobile) == (EMAIL, HERS)
    assert not is_signed_in(thief)


def test_new_keys_of_the_thief_do_not_stop_the_link(client, thief, person, post):
    changes(thief, post, to=HIS)
    thief.submit("/account/password", "password", password=person.password, new_password=NEW_PASSWORD)
    thief.submit(
        "/account/second-factor", "second-factor", code=code_of(person.app, thief.page("/account/second-factor").words("totp-secret"))
    )

    client.submit(link_in(post, HERS), "not-me")

    assert contact_of(person).mobile == HERS


@pytest.mark.parametrize("told", [HIS, EMAIL])
def test_a_link_sent_anywhere_else_puts_nothing_back(client, thief, person, post, told):
    changes(thief, post, to=HIS)

    answer = client.submit(link_in(post, told), "not-me")

    assert answer.headers["Location"] == "/recover?why=not-me"
    assert contact_of(person).mobile == HIS


@pytest.mark.parametrize("goes_on_to", [HERS, OTHER])
def test_a_thief_gets_no_link_when_the_owner_moves_on_by_herself(app, client, thief, person, post, goes_on_to):
    changes(thief, post, to=HIS)
    owner = StrictClient.of(app)
    let_in(owner, person)
    changes(owner, post, to=goes_on_to)

    answer = client.submit(link_in(post, HIS), "not-me")

    assert answer.headers["Location"] != "/recover?why=mobile-back"
    assert contact_of(person).mobile == goes_on_to


def test_a_thief_gets_no_link_where_there_was_no_address_before_his(app, client, post):
    person = somebody(app, mobile=HERS)
    moves(person, post, to=HIS_EMAIL)
    moves(person, post, to=EMAIL)

    answer = client.submit(link_in(post, HIS_EMAIL), "not-me")

    assert answer.headers["Location"] == "/recover?why=not-me"
    assert contact_of(person).email == EMAIL


@pytest.mark.promise("P66")
def test_a_thief_gets_no_link_where_the_number_before_his_was_given_up(app, client, person, post):
    with app.app_context(), writing():
        list(revoke_numbers([HERS], now=app.extensions["clock"].now()))
        db.session.commit()
    moves(person, post, to=HIS)
    moves(person, post, to=OTHER)

    answer = client.submit(link_in(post, HIS), "not-me")

    assert answer.headers["Location"] == "/recover?why=not-me"
    assert contact_of(person).mobile == OTHER


def test_an_address_that_never_was_is_named_as_none_and_kept_for_a_week(app, post, clock):
    person = somebody(app, mobile=HERS)
    moves(person, post, to=EMAIL)

    with app.app_context():
        kept = [(one["field"], one["value"]) for one in list_left(get_subject(person.id))]
    clock.advance(days=7, seconds=1)
    post.work()

    assert kept == [("email", None)]
    assert count_left(app) == 0


def test_whoever_is_put_out_again_is_told_without_a_link(client, thief, person, post):
    changes(thief, post, to=HIS)
    client.submit(link_in(post, HERS), "not-me")

    last = post.to(HIS)[-1]

    assert (last.template, list(last.links)) == ("notice_put_back", [])


def test_a_link_puts_back_once(client, thief, person, post):
    changes(thief, post, to=HIS)
    link = link_in(post, HERS)
    fields = client.page(link).fields("not-me")
    client.submit(link, "not-me")

    pressed, opened = (
        client.post(link, data={**fields, "form_key": client.page("/recover").fields("recover")["form_key"]}),
        client.get(link),
    )

    assert (pressed.status_code, opened.status_code) == (404, 404)


def test_after_a_week_neither_the_link_nor_the_address_is_kept(app, client, thief, person, post, clock):
    changes(thief, post, to=HIS)
    link = link_in(post, HERS)

    clock.advance(days=7, seconds=1)
    post.work()

    assert client.get(link).status_code == 404
    assert count_left(app) == 0


def test_a_number_is_kept_with_its_account_alone(app, thief, person, post):
    changes(thief, post, to=HIS)

    thief.submit("/account/delete", "delete", password=person.password, code=person.code())

    assert count_left(app) == 0


@pytest.mark.promise("P66")
def test_a_number_that_another_account_has_by_now_stays_there(app, client, thief, person, post):
    changes(thief, post, to=HIS)
    link = link_in(post, HERS)
    register(StrictClient.of(app), app, post, number=HERS.removeprefix("+91"))

    answer = client.submit(link, "not-me")

    said = Page(client.get(answer.headers["Location"]).get_data(as_text=True)).text
    assert "another account has that number or address by now" in said
    with app.app_context():
        assert find_account_id(mobile=HERS) not in (None, person.id)
    assert contact_of(person).mobile == HIS
    assert not is_signed_in(thief)
    assert try_password(app, HERS, PASSWORD).status_code == 303


def test_a_thief_gets_no_link_after_a_number_that_could_not_be_put_back(app, client, thief, person, post):
    changes(thief, post, to=HIS)
    register(StrictClient.of(app), app, post, number=HERS.removeprefix("+91"))
    client.submit(link_in(post, HERS), "not-me")
    moves(person, post, to=OTHER)

    answer = client.submit(link_in(post, HIS), "not-me")

    assert answer.headers["Location"] == "/recover?why=not-me"
    assert contact_of(person).mobile == OTHER


def test_a_number_confirmed_anew_is_not_left(app, person, thief, post):
    changes(thief, post, to=EMAIL.replace("putting", "first"))

    changes(thief, post, to=EMAIL)

    assert count_left(app) == 0
