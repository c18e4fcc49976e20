"""Opening an account: the notice, its steps, and what it keeps."""

from typing import Any

import pytest
from sqlalchemy import func, select

from msewa.accounts.models import Account, SignInSession
from msewa.accounts.queries import find_account_id, get_contact, get_subject
from msewa.consents.texts import get_registration_notice
from msewa.extensions import db
from msewa.ledger.queries import list_entries
from tests.accounts.walking import NAME, NUMBER, PASSWORD, is_signed_in, register, visit_kinds, walk_to_password
from tests.strict_client import Page

MOBILE = "+919814000417"


def page_of(response: Any) -> Page:
    return Page(response.get_data(as_text=True))


def count(app: Any, table: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_registering_walks_through_every_step_and_lands_on_the_page_she_wanted(app, client, post):
    _, codes, location = register(client, app, post, start="/register?next=/services/birth-certificate")

    assert location == "/services/birth-certificate"
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 16 for code in codes)
    assert is_signed_in(client)


@pytest.mark.promise("P11")
def test_an_account_keeps_what_was_proven_and_which_notice_was_agreed_to(app, client, post):
    register(client, app, post)

    with app.app_context():
        subject = get_subject(find_account_id(mobile=MOBILE) or "")
        contact = get_contact(subject)
        account = db.session.get_one(Account, subject.id)
        acts = [entry["act"] for entry in list_entries(subject)]
        assert (contact.full_name, contact.mobile, contact.email) == (NAME, MOBILE, None)
        agreed_to = (account.notice_version, account.notice_language, (account.notice_digest or b"").hex())
        assert agreed_to == ("1.0", "en", get_registration_notice("en").sha256)
        assert acts == ["account.signed_in", "account.registered"]
        assert NAME.encode() not in account.identity + account.contact


@pytest.mark.promise("P11")
def test_registration_asks_for_name_and_number_alone_and_says_why(client, post):
    client.submit("/register", "notice", answer="yes")

    page = client.page("/register/details")

    assert set(page.fields("register")) == {"csrf_token", "form_key", "full_name", "mobile"}
    assert page.text.count("Why we ask:") == 2
    assert "optional" not in page.words("form-register")


@pytest.mark.promise("P35")
def test_saying_no_stores_nothing_and_leaves_discovery_open(app, client):
    answer = client.submit("/register", "notice", answer="no")

    assert answer.headers["Location"] == "/register/declined"
    assert answer.headers.getlist("Set-Cookie") == []
    assert client.get_cookie("session") is None
    assert (count(app, Account), count(app, SignInSession)) == (0, 0)
    client.page("/register/declined")
    client.page("/services")


def test_the_notice_offers_yes_and_no_alike(client):
    page = client.page("/register")

    yes, no = page.one("submit"), page.one("decline")

    assert yes.get("class") == no.get("class") == "quiet"


def test_an_answer_that_is_neither_yes_nor_no_is_asked_again(client):
    answer = client.submit("/register", "notice")

    assert answer.status_code == 422
    assert page_of(answer).one("error-summary") is not None


def test_nothing_becomes_an_account_before_everything_is_proven(app, client, post):
    walk_to_password(client, post)
    client.submit("/register/password", "password", password=PASSWORD)

    assert count(app, Account) == 0
    with app.app_context():
        sealed = db.session.scalars(select(SignInSession.sealed)).one()
        assert NAME.encode() not in sealed
        assert MOBILE.encode() not in sealed


@pytest.mark.parametrize("path", ["verify", "password", "second-factor", "recovery-codes"])
def test_no_step_can_be_skipped(client, path):
    client.submit("/register", "notice", answer="yes")

    answer = client.get(f"/register/{path}")

    assert answer.headers["Location"] == "/register/details"


def test_steps_without_a_yes_lead_to_the_notice(client):
    assert client.get("/register/details").headers["Location"] == "/register"


def test_an_unfinished_registration_ends_after_an_hour_and_is_swept(app, client, post, clock):
    walk_to_password(client, post)

    clock.advance(minutes=61)

    assert client.get("/register/password").headers["Location"] == "/register"
    clock.advance(hours=2)
    post.work()
    assert count(app, SignInSession) == 0


def test_rights_come_with_a_new_token(client, post):
    client.submit("/register", "notice", answer="yes")
    before = client.get_cookie("session").value
    client.submit("/register/details", "register", full_name=NAME, mobile=NUMBER)
    client.submit("/register/verify", "verify", code=post.code_to(MOBILE))

    assert client.get_cookie("session").value != before


def test_whoever_is_signed_in_is_not_asked_to_register(app, client, post):
    register(client, app, post)

    assert client.get("/register").headers["Location"] == "/"
    assert visit_kinds(app, client) == ["full"]
