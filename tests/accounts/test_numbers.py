"""Numbers that change hands: the old account stays shut, the new holder gets one of her own (P66)."""

import pytest
from flask import Flask

from msewa.accounts.queries import find_account_id, get_contact, get_subject
from msewa.ledger.queries import list_entries
from tests.accounts.walking import NUMBER, is_signed_in, register
from tests.people import PASSWORD, Somebody, sign_in, somebody
from tests.strict_client import StrictClient

MOBILE = "+919814000417"


@pytest.fixture
def earlier(app: Flask) -> Somebody:
    return somebody(
        app, mobile=MOBILE, full_name="Surinder Planted", email="surinder@example.org", profile={"father_name": "Gurbachan Planted"}
    )


def run_list(app: Flask, tmp_path, text: str) -> str:
    file = tmp_path / "numbers.txt"
    file.write_text(text, encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["accounts", "revoked-numbers", str(file)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.promise("P66")
def test_the_list_stops_messages_to_the_number_and_asks_by_mail(app: Flask, tmp_path, post, earlier: Somebody) -> None:
    said = run_list(app, tmp_path, f"{NUMBER}\n9876500000\nnot a number\n")

    assert "1 numbers of ours noted, 1 of nobody here, 1 lines" in said
    assert post.templates_to(MOBILE) == []
    assert post.templates_to("surinder@example.org") == ["number_gone"]


@pytest.mark.promise("P66")
def test_whoever_signs_in_after_that_is_asked_for_a_number_or_to_leave(
    app: Flask, client: StrictClient, tmp_path, earlier: Somebody
) -> None:
    run_list(app, tmp_path, NUMBER)
    client.submit("/sign-in", "sign-in", mobile="surinder@example.org", password=PASSWORD)

    answer = client.submit("/sign-in/second-factor", "second-factor", code=earlier.code())

    assert answer.headers["Location"] == "/account/security"
    assert "reported as disconnected" in client.page("/account/security").text


@pytest.mark.promise("P66")
def test_a_new_number_ends_the_question(app: Flask, client: StrictClient, tmp_path, post, earlier: Somebody) -> None:
    run_list(app, tmp_path, NUMBER)
    sign_in(client, earlier)
    client.submit("/account/mobile", "mobile", mobile="9876543217")

    client.submit("/account/mobile/verify", "verify", code=post.code_to("+919876543217"))

    assert "reported as disconnected" not in client.page("/account/security").text


@pytest.mark.promise("P66")
def test_the_same_number_may_be_confirmed_where_its_code_arrives(
    app: Flask, client: StrictClient, tmp_path, post, earlier: Somebody
) -> None:
    run_list(app, tmp_path, NUMBER)
    sign_in(client, earlier)
    client.submit("/account/mobile", "mobile", mobile=NUMBER)

    client.submit("/account/mobile/verify", "verify", code=post.code_to(MOBILE))

    assert "reported as disconnected" not in client.page("/account/security").text


@pytest.mark.promise("P66")
@pytest.mark.parametrize("way", ["on the list", "not seen for 90 days"])
def test_a_new_holder_gets_an_account_of_her_own_and_no_look_at_the_old_one(
    app: Flask, client: StrictClient, tmp_path, post, clock, earlier: Somebody, way: str
) -> None:
    if way == "on the list":
        run_list(app, tmp_path, NUMBER)
    else:
        clock.advance(days=90)

    register(client, app, post)

    with app.app_context():
        new_id = find_account_id(mobile=MOBILE)
        assert new_id not in (None, earlier.id)
        assert get_contact(get_subject(earlier.id)).full_name == "Surinder Planted", "the old account is as it was"
        assert "number.taken_over" in [entry["act"] for entry in list_entries(earlier.subject())]
    for path in ("/profile", "/account/security", "/applications"):
        assert {"Surinder", "Gurbachan"} & set(client.get(path).get_data(as_text=True).split()) == set()
    assert "number_taken_over" in post.templates_to("surinder@example.org")


@pytest.mark.promise("P66")
def test_the_old_holder_still_comes_in_by_her_mail_address(
    app: Flask, client: StrictClient, another_client: StrictClient, tmp_path, post, earlier: Somebody
) -> None:
    run_list(app, tmp_path, NUMBER)
    register(client, app, post)

    another_client.submit("/sign-in", "sign-in", mobile="Surinder@example.org", password=PASSWORD)
    another_client.submit("/sign-in/second-factor", "second-factor", code=earlier.code())

    assert is_signed_in(another_client)
    assert "Surinder" in another_client.get("/profile").get_data(as_text=True)


@pytest.mark.promise("P66")
def test_a_number_in_use_is_not_handed_over(app: Flask, client: StrictClient, post, earlier: Somebody, clock) -> None:
    clock.advance(days=89)
    client.submit("/register", "notice", answer="yes")

    client.submit("/register/details", "register", full_name="Somebody Else", mobile=NUMBER)

    assert post.templates_to(MOBILE) == ["account_exists"]
    with app.app_context():
        assert find_account_id(mobile=MOBILE) == earlier.id
