"""Opening an account."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from msewa.accounts.models import Account, SignInSession
from msewa.accounts.operations import opening
from msewa.accounts.queries import find_account_id, get_contact, get_subject
from msewa.consents.texts import get_registration_notice
from msewa.extensions import db, writing
from msewa.ledger.queries import list_entries
from tests.accounts.walking import NAME, NUMBER, PASSWORD, code_of, is_signed_in, register, visit_kinds, walk_to_codes, walk_to_password
from tests.people import somebody
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


def test_a_known_number_gets_a_message_in_place_of_a_code_and_the_same_page(app, client, another_client, post):
    known = somebody(app)
    answers = []
    for browser, mobile in ((client, known.mobile), (another_client, "+919814000499")):
        browser.submit("/register", "notice", answer="yes")
        answers.append(browser.submit("/register/details", "register", full_name=NAME, mobile=mobile))

    pages = [browser.page("/register/verify").words("form-verify") for browser in (client, another_client)]

    assert answers[0].headers["Location"] == answers[1].headers["Location"] == "/register/verify"
    assert pages[0] == pages[1]
    assert post.templates_to(known.mobile) == ["account_exists"]
    assert post.templates_to("+919814000499") == ["code_register"]
    refused = client.submit("/register/verify", "verify", code="000000")
    assert refused.status_code == 422


def test_a_code_is_over_after_five_tries(client, post):
    client.submit("/register", "notice", answer="yes")
    client.submit("/register/details", "register", full_name=NAME, mobile=NUMBER)
    right = post.code_to(MOBILE)
    wrong = "111111" if right != "111111" else "222222"
    for _ in range(5):
        client.submit("/register/verify", "verify", code=wrong)

    answer = client.submit("/register/verify", "verify", code=right)

    assert answer.status_code == 422
    assert "over" in page_of(answer).words("error-code")


def test_a_code_is_over_after_ten_minutes(client, post, clock):
    client.submit("/register", "notice", answer="yes")
    client.submit("/register/details", "register", full_name=NAME, mobile=NUMBER)
    right = post.code_to(MOBILE)

    clock.advance(minutes=10, seconds=1)

    assert client.submit("/register/verify", "verify", code=right).status_code == 422


def test_a_new_code_makes_the_old_one_void(client, post):
    client.submit("/register", "notice", answer="yes")
    client.submit("/register/details", "register", full_name=NAME, mobile=NUMBER)
    first = post.code_to(MOBILE)
    client.submit("/register/verify", "resend")
    second = post.code_to(MOBILE)

    assert first == second or client.submit("/register/verify", "verify", code=first).status_code == 422
    assert client.submit("/register/verify", "verify", code=second).status_code == 303


def test_codes_are_not_sent_without_end(client, post):
    client.submit("/register", "notice", answer="yes")
    client.submit("/register/details", "register", full_name=NAME, mobile=NUMBER)
    answers = [client.submit("/register/verify", "resend") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [303, 303, 303, 303, 429]
    assert "seconds" in page_of(answers[-1]).words("error-summary")


def test_a_code_names_its_purpose(client, post):
    client.submit("/register", "notice", answer="yes")
    client.submit("/register/details", "register", full_name=NAME, mobile=NUMBER)

    letter = post.to(MOBILE)[-1]

    assert "open an account" in letter.text
    assert letter.codes["otp"] in letter.text


def test_digits_of_every_script_are_taken(client, post):
    client.submit("/register", "notice", answer="yes")
    client.submit("/register/details", "register", full_name="ਹਰਜਿੰਦਰ ਕੌਰ", mobile="੯੮੧੪੦ ੦੦੪੧੭")
    typed = post.code_to(MOBILE).translate(str.maketrans("0123456789", "०१२३४५६७८९"))

    answer = client.submit("/register/verify", "verify", code=f" {typed[:3]} {typed[3:]}")

    assert answer.headers["Location"] == "/register/password"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mobile", "981400041"),
        ("mobile", "5876543210"),
        ("mobile", "9" * 5000),
        ("mobile", "\x00"),
        ("mobile", "²" * 10),
        ("full_name", ""),
        ("full_name", "12345"),
        ("full_name", "a" * 101),
    ],
)
def test_what_cannot_be_a_name_or_number_is_refused_beside_its_field(client, field, value):
    client.submit("/register", "notice", answer="yes")
    typed = {"full_name": NAME, "mobile": NUMBER, field: value}

    answer = client.submit("/register/details", "register", **typed)

    assert answer.status_code == 422
    page = page_of(answer)
    assert page.one(f"error-{field}") is not None
    kept = "full_name" if field == "mobile" else "mobile"
    assert page.fields("register")[kept] == typed[kept]


def test_a_name_of_two_lines_is_refused_for_that_reason(client):
    client.submit("/register", "notice", answer="yes")

    answer = client.submit("/register/details", "register", full_name="Aman\r\nGill", mobile=NUMBER)

    assert "in one line" in page_of(answer).words("error-full_name")


def test_what_is_wrong_is_listed_in_the_order_of_the_questions(client):
    client.submit("/register", "notice", answer="yes")

    answer = client.submit("/register/details", "register", full_name="", mobile="")

    links = [node.get("href") for node in page_of(answer).one("error-summary").iter() if node.get("href")]
    assert links == ["#full_name", "#mobile"]


@pytest.mark.parametrize(
    "raw", ["full_name=%ED%A0%80&mobile=%00", "full_name[]=a&mobile=1&mobile=2", "full_name=%FF%FE&mobile=9223372036854775808"]
)
def test_bytes_that_are_no_text_are_refused_and_break_nothing(client, raw):
    client.submit("/register", "notice", answer="yes")
    token = client.page("/register/details").fields("register")["csrf_token"]

    answer = client.post("/register/details", data=f"csrf_token={token}&{raw}", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["Å", "ਹਰਜਿੰਦਰ", "O'Neil-Kaur", "{{7*7}} Kaur", "=cmd|x", "क्‍ष"])
def test_a_name_is_kept_as_it_is_typed(app, client, post, name):
    client.submit("/register", "notice", answer="yes")

    answer = client.submit("/register/details", "register", full_name=name, mobile=NUMBER)

    assert answer.status_code == 303
    assert client.page("/register/details").fields("register")["full_name"] == name


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
    assert client.get("/register/recovery-codes").headers["Location"] == "/register/recovery-codes"
    assert is_signed_in(client)
    assert len(client.page("/register/recovery-codes").all("recovery-code")) == 10
    assert count(app, Account) == 1


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

    assert [answer.headers["Location"] for answer in answers] == ["/register/recovery-codes", "/sign-in"]
    assert count(app, Account) == 1


def test_rights_come_with_a_new_token(client, post):
    client.submit("/register", "notice", answer="yes")
    before = client.get_cookie("session").value
    client.submit("/register/details", "register", full_name=NAME, mobile=NUMBER)
    client.submit("/register/verify", "verify", code=post.code_to(MOBILE))

    assert client.get_cookie("session").value != before


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


def test_whoever_is_signed_in_is_not_asked_to_register(app, client, post):
    register(client, app, post)

    assert client.get("/register").headers["Location"] == "/"
    assert visit_kinds(app, client) == ["full"]
