"""The security page: visits, keys, addresses, and "this was not me"."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from msewa.accounts.models import Account, RecoveryCode, SignInSession
from msewa.accounts.queries import get_contact, get_subject
from msewa.extensions import db
from msewa.ledger.queries import list_entries
from tests.accounts.walking import code_of, is_signed_in, sign_in
from tests.people import Somebody, somebody
from tests.people import sign_in as let_in
from tests.strict_client import XHTML, Page

NEW_PASSWORD = "panj pind chhe khuh 31"
NEW_MOBILE = "+919814000777"
EMAIL = "harjinder@example.in"


def page_of(response: Any) -> Page:
    return Page(response.get_data(as_text=True))


@pytest.fixture
def person(app: Any, client: Any) -> Somebody:
    made = somebody(app, email=EMAIL)
    let_in(client, made)
    return made


def contact_of(person: Somebody) -> Any:
    with person.app.app_context():
        return get_contact(get_subject(person.id))


def test_she_sees_her_visits_and_which_one_is_this(client, another_client, person, clock):
    clock.advance(minutes=2)
    let_in(another_client, person)

    page = client.page("/account/security")

    rows = page.all("session-row")
    assert len(rows) == 2
    assert sum("This one" in "".join(row.itertext()) for row in rows) == 1
    assert all(len(row.get("data-id")) == 32 for row in rows)


def test_a_citizen_finds_the_ways_out_of_her_account_on_its_page(client, person):
    page = client.page("/account/security")

    assert {"/account/deregister", "/account/delete"} <= {link.get("href") for link in page.root.iter(XHTML + "a")}


@pytest.mark.parametrize("path", ["/account/security", "/account/mobile"])
def test_staff_see_no_link_to_what_only_citizens_may_do_with_an_account(app, client, path):
    let_in(client, somebody(app, role="dpo"))

    page = client.page(path)

    assert not {"/account/deregister", "/account/delete"} & {link.get("href") for link in page.root.iter(XHTML + "a")}


def test_ending_one_visit_ends_it_at_once_and_no_other(client, another_client, person):
    let_in(another_client, person)

    client.submit("/account/security", "end-session")

    assert not is_signed_in(another_client)
    assert is_signed_in(client)


def test_ending_all_others_leaves_this_one(client, another_client, person):
    let_in(another_client, person)

    client.submit("/account/security", "end-others")

    assert not is_signed_in(another_client)
    assert is_signed_in(client)


def test_nobody_ends_the_visit_of_somebody_else(app, client, another_client, person):
    let_in(another_client, somebody(app))
    with app.app_context():
        chosen = select(SignInSession.id).where(SignInSession.account_id != person.id)
        theirs = db.session.scalars(chosen).one()
    fields = client.page("/account/security").fields("language")

    client.post(f"/account/sessions/{theirs}/end", data=fields)

    assert is_signed_in(another_client)


def test_a_new_password_counts_at_once_ends_other_visits_and_is_told(client, another_client, person, post):
    let_in(another_client, person)

    answer = client.submit("/account/password", "password", password=person.password, new_password=NEW_PASSWORD)

    assert answer.status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(another_client)
    assert post.templates_to(person.mobile) == post.templates_to(EMAIL) == ["notice_password"]
    old = another_client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)
    new = another_client.submit("/sign-in", "sign-in", mobile=person.mobile, password=NEW_PASSWORD)
    assert (old.status_code, new.status_code) == (422, 303)


def test_the_password_of_today_is_asked_for(client, person):
    answer = client.submit("/account/password", "password", password="wrong wrong wrong", new_password=NEW_PASSWORD)

    assert answer.status_code == 422
    assert page_of(answer).one("error-password") is not None


@pytest.mark.promise("P75")
@pytest.mark.parametrize("path", ["second-factor", "recovery-codes", "mobile", "email"])
def test_what_guards_the_account_changes_only_after_fresh_proof(client, person, clock, path):
    clock.advance(minutes=10, seconds=1)

    answer = client.get(f"/account/{path}")

    assert answer.headers["Location"] == f"/account/prove?next=/account/{path}"


def test_fresh_proof_leads_back_under_a_new_token(client, person, clock):
    clock.advance(minutes=11)
    before = client.get_cookie("session").value

    answer = client.submit("/account/prove?next=/account/mobile", "step-up", password=person.password, code=person.code())

    assert answer.headers["Location"] == "/account/mobile"
    assert client.get_cookie("session").value != before
    client.page("/account/mobile")
    client.set_cookie("session", before)
    assert not is_signed_in(client)


@pytest.mark.parametrize(("password", "code"), [("wrong wrong wrong", None), (None, "000000")])
def test_half_a_proof_is_no_proof(client, person, clock, password, code):
    clock.advance(minutes=11)
    wrong = code if code != person.code() else "000001"

    answer = client.submit("/account/prove", "step-up", password=password or person.password, code=wrong or person.code())

    assert answer.status_code == 422
    assert client.get("/account/mobile").status_code == 303


def test_a_new_authenticator_takes_the_place_of_the_old_one(client, another_client, person, post, clock):
    secret = client.page("/account/second-factor").words("totp-secret")
    same = client.page("/account/second-factor").words("totp-secret")

    answer = client.submit("/account/second-factor", "second-factor", code=code_of(person.app, secret))

    assert secret == same
    assert answer.status_code == 303
    assert post.templates_to(person.mobile) == ["notice_factor"]
    clock.advance(seconds=60)
    another_client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)
    old = another_client.submit("/sign-in/second-factor", "second-factor", code=person.code())
    new = another_client.submit("/sign-in/second-factor", "second-factor", code=code_of(person.app, secret))
    assert (old.status_code, new.status_code) == (422, 303)


def test_new_recovery_codes_make_the_old_ones_void_and_are_shown_until_kept(client, person, post):
    client.submit("/account/recovery-codes", "renew-codes")
    first = [node.text for node in client.page("/account/recovery-codes").all("recovery-code")]
    with person.app.app_context():
        hashes = set(db.session.scalars(select(RecoveryCode.hashed)))

    client.submit("/account/recovery-codes", "recovery-codes")

    assert len(first) == len(hashes) == 10
    assert client.page("/account/recovery-codes").all("recovery-code") == []
    assert "10 left" in client.page("/account/security").text
    assert post.templates_to(person.mobile) == ["notice_recovery_codes"]


@pytest.mark.promise("P66")
def test_a_new_number_is_proven_first_and_both_numbers_are_told(client, person, post):
    words = client.page("/account/mobile").text
    client.submit("/account/mobile", "mobile", mobile=NEW_MOBILE)
    unchanged = contact_of(person).mobile

    answer = client.submit("/account/mobile/verify", "verify", code=post.code_to(NEW_MOBILE))

    assert "delete it before you give the number back" in words
    assert unchanged == person.mobile
    assert answer.status_code == 303
    assert contact_of(person).mobile == NEW_MOBILE
    assert post.templates_to(person.mobile) == ["notice_mobile"]
    assert post.templates_to(NEW_MOBILE) == ["code_mobile", "notice_mobile"]


def test_the_code_for_a_new_number_is_good_for_nothing_else(app, client, person, post):
    client.submit("/account/mobile", "mobile", mobile=NEW_MOBILE)
    code = post.code_to(NEW_MOBILE)
    client.submit("/account/email", "email", email="other@example.in")

    answer = client.submit("/account/email/verify", "verify", code=code)

    assert answer.status_code == 422 or code == post.code_to("other@example.in")


def test_a_number_of_somebody_else_is_not_taken_over(app, client, person, post):
    other = somebody(app)

    answer = client.submit("/account/mobile", "mobile", mobile=other.mobile)

    assert answer.headers["Location"] == "/account/mobile/verify"
    assert post.templates_to(other.mobile) == ["address_taken"]
    assert client.submit("/account/mobile/verify", "verify", code="123456").status_code == 422


def test_an_email_address_is_added_once_proven_and_the_old_one_is_told(client, person, post):
    client.submit("/account/email", "email", email="New.Address@Example.in")

    answer = client.submit("/account/email/verify", "verify", code=post.code_to("new.address@example.in"))

    assert answer.status_code == 303
    assert contact_of(person).email == "new.address@example.in"
    assert post.templates_to(EMAIL) == ["notice_email"]


def test_the_language_of_messages_can_be_chosen(client, person):
    answer = client.submit("/account/security", "language", language="pa")

    assert "lang=pa" in answer.headers["Location"]
    assert contact_of(person).language == "pa"


@pytest.mark.parametrize("language", [None, "xx"])
def test_a_language_that_is_not_offered_is_asked_again_in_her_own(client, person, language):
    answer = client.submit("/account/security?lang=hi", "language", to="/account/language?lang=hi", language=language)

    assert answer.status_code == 422
    assert Page(answer.get_data(as_text=True)).words("error-language") == "भाषा चुनें"


def test_this_was_not_me_ends_every_visit_without_signing_in(client, another_client, person, post):
    client.submit("/account/password", "password", password=person.password, new_password=NEW_PASSWORD)
    link = urlsplit(post.to(person.mobile)[-1].links[0]).path
    opened = another_client.page(link)

    still_open = is_signed_in(client)
    answer = another_client.submit(link, "not-me")

    assert opened.one("form-not-me") is not None
    assert '<meta name="robots" content="noindex">' in opened.text
    assert still_open
    assert answer.headers["Location"] == "/recover?why=not-me"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "change",
    [lambda path: path[:-4], lambda path: path + "A", lambda path: path.replace("/account/not-me/", "/recover/cancel/")],
)
def test_a_changed_link_opens_nothing(client, another_client, person, post, change):
    client.submit("/account/password", "password", password=person.password, new_password=NEW_PASSWORD)
    link = urlsplit(post.to(person.mobile)[-1].links[0]).path

    answer = another_client.get(change(link))

    assert answer.status_code == 404
    assert is_signed_in(client)


def test_a_link_ends_after_a_week(client, another_client, person, post, clock):
    client.submit("/account/password", "password", password=person.password, new_password=NEW_PASSWORD)
    link = urlsplit(post.to(person.mobile)[-1].links[0]).path

    clock.advance(days=7, seconds=1)

    assert another_client.get(link).status_code == 404


def test_each_change_is_in_her_ledger(client, another_client, person):
    client.submit("/account/password", "password", password=person.password, new_password=NEW_PASSWORD)
    client.submit("/account/recovery-codes", "renew-codes")

    with person.app.app_context():
        acts = [entry["act"] for entry in list_entries(person.subject())]
    assert acts[:2] == ["recovery_codes.renewed", "password.changed"]


def test_no_table_of_accounts_has_a_column_for_an_address_or_a_device(app):
    columns = {column.name for table in (Account, SignInSession) for column in table.__table__.columns}

    assert not {name for name in columns if any(word in name for word in ("ip", "agent", "address", "imei", "model", "location"))}


def test_signing_in_again_after_a_change_of_number_needs_the_new_one(client, another_client, person, post, clock):
    client.submit("/account/mobile", "mobile", mobile=NEW_MOBILE)
    client.submit("/account/mobile/verify", "verify", code=post.code_to(NEW_MOBILE))
    old = another_client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)

    moved = Somebody(**{**person.__dict__, "mobile": NEW_MOBILE})

    assert old.status_code == 422
    assert sign_in(another_client, moved) == "/"


def test_what_is_wrong_with_a_new_password_is_told_in_the_order_of_the_questions(client, person):
    answer = client.submit("/account/password", "password")

    page = Page(answer.get_data(as_text=True))
    asked = [node.get("name") for node in page.one("form-password").iter() if node.get("type") == "password"]
    told = [node.get("href") for node in page.one("error-summary").iter() if node.get("href")]
    assert told == [f"#{name}" for name in asked] == ["#password", "#new_password"]
