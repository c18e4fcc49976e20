"""Numbers that change hands: the old account stays shut, the new holder gets one of her own (P66)."""

import pytest
from flask import Flask

from msewa.accounts.queries import find_account_id, find_pending_reset, get_contact, get_subject
from msewa.closure.operations import close_account
from msewa.crypto.keyring import Purpose
from msewa.extensions import db, writing
from msewa.ledger.queries import list_entries
from msewa.upkeep.operations import reindex_all
from msewa.web.keys import key_ring
from tests.accounts.walking import NUMBER, Post, is_signed_in, register
from tests.people import PASSWORD, Somebody, sign_in, somebody
from tests.strict_client import StrictClient

MOBILE = "+919814000417"


@pytest.fixture
def earlier(app: Flask) -> Somebody:
    return somebody(
        app, mobile=MOBILE, full_name="Surinder Planted", email="surinder@example.org", profile={"father_name": "Gurbachan Planted"}
    )


def sign_in_by_mail(client: StrictClient, person: Somebody) -> str:
    """Sign in by mail address and both factors; return where one lands."""
    client.submit("/sign-in", "sign-in", mobile=person.email, password=PASSWORD)
    return client.submit("/sign-in/second-factor", "second-factor", code=person.code()).headers["Location"]


def ask_for_new_keys(client: StrictClient, post: Post) -> str:
    """Say that everything is lost, prove the number; return where one lands."""
    client.submit("/recover", "recover", mobile=NUMBER, lost="everything")
    return client.submit("/recover/verify", "verify", code=post.code_to(MOBILE)).headers["Location"]


def run_list(app: Flask, tmp_path, text: str) -> str:
    file = tmp_path / "numbers.txt"
    file.write_text(text, encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["accounts", "revoked-numbers", str(file)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.promise("P66")
def test_the_list_stops_messages_to_the_number_and_asks_by_mail(app: Flask, tmp_path, post, earlier: Somebody) -> None:
    said = run_list(app, tmp_path, f"\ufeff{NUMBER}\n9876500000\nnot a number\n")

    assert "Numbers of ours noted: 1; of nobody here: 1; lines that are no mobile number: 1." in said
    assert post.templates_to(MOBILE) == []
    assert post.templates_to("surinder@example.org") == ["number_gone"]


@pytest.mark.promise("P66")
def test_a_list_that_comes_again_asks_nobody_twice(app: Flask, tmp_path, post, earlier: Somebody) -> None:
    for _ in range(2):
        assert "Numbers of ours noted: 1;" in run_list(app, tmp_path, NUMBER)

    assert post.templates_to("surinder@example.org") == ["number_gone"]
    with app.app_context():
        assert [entry["act"] for entry in list_entries(earlier.subject())].count("number.revoked") == 1


@pytest.mark.promise("P66")
def test_whoever_signs_in_after_that_is_asked_for_a_number_or_to_leave(
    app: Flask, client: StrictClient, tmp_path, earlier: Somebody
) -> None:
    run_list(app, tmp_path, NUMBER)

    assert sign_in_by_mail(client, earlier) == "/account/security"
    assert "reported as disconnected" in client.page("/account/security").text


@pytest.mark.promise("P66")
def test_a_new_number_ends_the_question(app: Flask, client: StrictClient, tmp_path, post, earlier: Somebody) -> None:
    run_list(app, tmp_path, NUMBER)
    sign_in(client, earlier)
    client.submit("/account/mobile", "mobile", mobile="9876543217")

    client.submit("/account/mobile/verify", "verify", code=post.code_to("+919876543217"))

    assert "reported as disconnected" not in client.page("/account/security").text
    assert post.templates_to("+919876543217")[-1] == "notice_mobile"
    assert post.templates_to(MOBILE) == [], "a stranger may have it by now"


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

    sign_in_by_mail(another_client, earlier)

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


@pytest.mark.promise("P66")
def test_a_list_ends_the_way_back_in_by_that_number(app: Flask, client: StrictClient, tmp_path, post, clock, earlier: Somebody) -> None:
    """Though its owner is there every week, by her mail address."""
    begun = ask_for_new_keys(client, post)
    run_list(app, tmp_path, NUMBER)
    clock.advance(hours=73)
    sign_in_by_mail(StrictClient.of(app), earlier)

    again = [ask_for_new_keys(client, post) for _ in range(2)]

    assert [begun, *again] == ["/recover/waiting"] * 3
    page = client.page("/recover/waiting").text
    assert "changed hands" in page
    assert 'href="/register"' in page
    with app.app_context():
        assert find_pending_reset(earlier.id, now=clock.now()) is None


@pytest.mark.promise("P66")
def test_whoever_comes_back_after_90_days_confirms_the_number_first(
    app: Flask, client: StrictClient, post, clock, earlier: Somebody
) -> None:
    clock.advance(days=90)

    landed = sign_in_by_mail(client, earlier)
    asked = client.page("/account/security").text
    stranger = ask_for_new_keys(StrictClient.of(app), post)
    heard = [name for name in post.templates_to(MOBILE) if name != "code_recover"]
    client.submit("/account/mobile", "mobile", mobile=NUMBER)
    client.submit("/account/mobile/verify", "verify", code=post.code_to(MOBILE))

    assert landed == "/account/security"
    assert "nobody signed in for more than 90 days" in asked
    assert heard == [], "until then nothing about her goes to what may be a stranger's phone"
    with app.app_context():
        assert find_pending_reset(earlier.id, now=clock.now()) is None, stranger
    assert "nobody signed in for more than 90 days" not in client.page("/account/security").text


@pytest.mark.promise("P66")
def test_a_new_holder_registers_though_the_old_one_has_just_been_back(
    app: Flask, client: StrictClient, post, clock, earlier: Somebody
) -> None:
    clock.advance(days=90)
    sign_in_by_mail(StrictClient.of(app), earlier)

    register(client, app, post)

    with app.app_context():
        assert find_account_id(mobile=MOBILE) != earlier.id


@pytest.mark.promise("P66")
def test_a_new_holder_who_has_an_account_moves_it_to_the_number(app: Flask, client: StrictClient, post, clock, earlier: Somebody) -> None:
    clock.advance(days=90)
    holder = somebody(app)
    sign_in(client, holder)
    client.submit("/account/mobile", "mobile", mobile=NUMBER)

    done = client.submit("/account/mobile/verify", "verify", code=post.code_to(MOBILE))

    assert done.headers["Location"] == "/account/security?done=mobile"
    with app.app_context():
        assert find_account_id(mobile=MOBILE) == holder.id
        assert "number.taken_over" in [entry["act"] for entry in list_entries(earlier.subject())]


@pytest.mark.promise("P66")
def test_the_old_account_ends_without_touching_what_the_new_holder_does(
    app: Flask, client: StrictClient, tmp_path, post, earlier: Somebody
) -> None:
    run_list(app, tmp_path, NUMBER)
    register(client, app, post)
    lost = StrictClient.of(app)
    lost.submit("/recover", "recover", mobile=NUMBER, lost="password")

    with app.app_context(), writing():
        close_account(earlier.id, actor=earlier.actor, now=app.extensions["clock"].now())
        db.session.commit()

    assert lost.submit("/recover/verify", "verify", code=post.code_to(MOBILE)).headers["Location"] == "/recover/prove"


@pytest.mark.promise("P66")
def test_a_rotated_index_leaves_the_number_with_its_new_holder(app: Flask, client: StrictClient, tmp_path, post, earlier: Somebody) -> None:
    run_list(app, tmp_path, NUMBER)
    register(client, app, post)
    with app.app_context():
        holder = find_account_id(mobile=MOBILE)
        key_ring().rotate(Purpose.INDEX, now=app.extensions["clock"].now())

    with app.app_context(), writing():
        list(reindex_all(batch=1))
        db.session.commit()

    with app.app_context():
        assert find_account_id(mobile=MOBILE) == holder
