"""Opening an account: name, number, and the code that proves it."""

from typing import Any

import pytest

from tests.accounts.walking import NAME, NUMBER
from tests.people import somebody
from tests.strict_client import Page

MOBILE = "+919814000417"


def page_of(response: Any) -> Page:
    return Page(response.get_data(as_text=True))


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
        ("full_name", "Aman 2341 2341 2346"),
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
