"""Passkeys: a device of her own in place of the app's code, after the password and never without it."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from msewa.accounts.operations.hashing import hash_codes
from msewa.accounts.operations.opening import add_recovery_codes
from msewa.accounts.queries import count_passkeys, get_subject
from msewa.accounts.routes.passkeys import site
from msewa.accounts.rules import MOST_PASSKEYS
from msewa.extensions import db, writing
from msewa.ledger.queries import list_entries
from tests.accounts.authenticator import Authenticator
from tests.accounts.walking import code_of, is_signed_in
from tests.people import Somebody, somebody
from tests.people import sign_in as let_in
from tests.strict_client import Page, StrictClient

pytestmark = pytest.mark.promise("P75")
SECOND, KEYS, PROVE = "/sign-in/second-factor", "/account/passkeys", "/account/prove"
PAPER = "ABCD-EFGH-JKLM-NPQR"
RUBBISH = [
    *("x", "{}", "[]", "null", '{"rawId": 7}', '{"rawId": "é"}', '{"rawId": "AA", "response": 3}', '{"rawId": "\\ud800"}'),
    "[" * 5000,
    "9" * 9000,
]


@pytest.fixture
def person(app: Any, client: StrictClient) -> Somebody:
    """Somebody signed in."""
    made = somebody(app, email="harjinder@example.in")
    let_in(client, made)
    return made


@pytest.fixture
def device(client: StrictClient, person: Somebody) -> Authenticator:
    """Her device, with one passkey of hers."""
    device = Authenticator()
    assert add(client, device).headers["Location"] == "/account/security?done=passkey"
    return device


def asked(page: Page) -> str:
    [box] = [node for node in page.root.iter() if isinstance(node.tag, str) and node.get("data-passkey")]
    return box.get("data-asked")


def add(client: StrictClient, device: Authenticator) -> Any:
    return client.submit(KEYS, "passkey", passkey=device.create(asked(client.page(KEYS))))


def begin(client: StrictClient, person: Somebody) -> str:
    half = client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)
    assert half.headers["Location"] == SECOND
    return asked(client.page(SECOND))


def answer(client: StrictClient, text: str) -> Any:
    return client.submit(SECOND, "second-factor", passkey=text)


def test_a_passkey_signs_in_after_the_password(another_client, person, device) -> None:
    request = begin(another_client, person)

    done = answer(another_client, device.get(request))

    assert done.status_code == 303
    assert is_signed_in(another_client)


def test_adding_and_using_it_is_told_and_written_down(app, another_client, person, device, post) -> None:
    answer(another_client, device.get(begin(another_client, person)))

    with app.app_context():
        entries = list_entries(person.subject())
    assert [(one["act"], one["reason"]) for one in entries][:2] == [("account.signed_in", "passkey"), ("passkey.added", "")]
    for address in (person.mobile, "harjinder@example.in"):
        assert "notice_passkey_added" in post.templates_to(address)


def test_the_device_learns_no_name_no_number_and_no_id(client, person, device) -> None:
    options = json.loads(asked(client.page(KEYS)))

    assert options["user"]["name"] == f"..{person.mobile[-4:]}"
    assert options["attestation"] == "none"
    assert person.id not in json.dumps(options)
    assert device.users[0] == options["user"]["id"], "one account, one name on the device"


def test_an_answer_is_good_once(client, another_client, person, device) -> None:
    first = device.get(begin(another_client, person))
    assert answer(another_client, first).status_code == 303
    another_client.submit("/sign-out", "sign-out", to="/sign-out")
    begin(another_client, person)

    again = answer(another_client, first)

    assert again.status_code == 422
    assert "did not fit" in Page(again.get_data(as_text=True)).words("error-summary")
    assert not is_signed_in(another_client)


def test_of_two_visits_neither_takes_the_answer_of_the_other(another_client, client, person, device) -> None:
    theirs = device.get(begin(another_client, person))
    other = StrictClient.of(person.app)
    begin(other, person)

    assert answer(other, theirs).status_code == 422


@pytest.mark.parametrize("fault", ["origin", "site", "signature", "challenge", "made for something else"])
def test_what_is_not_right_in_every_part_is_refused(another_client, person, device, fault: str) -> None:
    request = begin(another_client, person)
    if fault == "origin":
        device.origin = "http://msewa.example"
    if fault == "site":
        device.site = "msewa.example"
    said = json.loads(device.get(request))
    if fault == "signature":
        said["response"]["signature"] = said["response"]["signature"][:-4] + "AAAA"
    if fault == "challenge":
        said = json.loads(device.get(json.dumps({**json.loads(request), "challenge": "AAAA"})))
    if fault == "made for something else":
        said["response"]["clientDataJSON"] = device._client("webauthn.create", json.loads(request))

    refused = answer(another_client, json.dumps(said))

    assert refused.status_code == 422
    assert not is_signed_in(another_client)


def test_a_passkey_of_somebody_else_does_not_fit(app, another_client, person, device) -> None:
    other = somebody(app)
    let_in(another_client, other)
    theirs = Authenticator()
    add(another_client, theirs)
    stranger = StrictClient.of(app)
    request = begin(stranger, person)

    refused = answer(stranger, theirs.get(request, name=next(iter(theirs.keys))))

    assert refused.status_code == 422


def test_a_count_of_uses_that_goes_back_gives_a_copy_away(another_client, person, device) -> None:
    device.uses = 40
    answer(another_client, device.get(begin(another_client, person)))
    another_client.submit("/sign-out", "sign-out", to="/sign-out")
    device.uses = 7

    assert answer(another_client, device.get(begin(another_client, person))).status_code == 422


def test_it_proves_again_in_place_of_the_code(client, person, device, clock) -> None:
    clock.advance(minutes=11)
    assert client.get(KEYS).headers["Location"].startswith(PROVE)
    request = asked(client.page(PROVE))

    wrong = client.submit(PROVE, "step-up", password="not this one", passkey=device.get(request))
    right = client.submit(PROVE, "step-up", password=person.password, passkey=device.get(request))

    assert wrong.status_code == 422
    assert right.status_code == 303
    assert client.get(KEYS).status_code == 200


def test_the_answer_to_one_page_is_none_to_another(client, another_client, person, device, clock) -> None:
    for_sign_in = begin(another_client, person)
    clock.advance(minutes=11)
    client.page(PROVE)

    assert client.submit(PROVE, "step-up", password=person.password, passkey=device.get(for_sign_in)).status_code == 422


def test_one_that_was_taken_away_opens_nothing(client, another_client, person, device, post) -> None:
    request = begin(another_client, person)

    client.submit(KEYS, "remove-passkey")

    assert answer(another_client, device.get(request)).status_code == 422
    assert not client.page(KEYS).all("passkey-row")
    assert "notice_passkey_removed" in post.templates_to(person.mobile)


def test_nobody_takes_away_what_is_somebody_elses(app, client, another_client, person, device) -> None:
    [row] = client.page(KEYS).all("passkey-row")
    let_in(another_client, somebody(app))
    add(another_client, Authenticator())

    another_client.submit(KEYS, "remove-passkey", to=f"/account/passkeys/{row.get('data-id')}/remove")

    assert client.page(KEYS).all("passkey-row")


def test_the_same_passkey_twice_is_one_and_an_eleventh_is_refused(client, person, device) -> None:
    made = device.create(asked(client.page(KEYS)))
    client.submit(KEYS, "passkey", passkey=made)
    assert client.submit(KEYS, "passkey", passkey=made).status_code == 422, "its challenge is used up"
    while len(client.page(KEYS).all("passkey-row")) < MOST_PASSKEYS:
        add(client, device)

    refused = add(client, device)

    assert refused.status_code == 422
    assert "Take one away first" in Page(refused.get_data(as_text=True)).words("error-summary")


@pytest.mark.parametrize("said", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_refused_with_a_word(client, another_client, person, device, said: str) -> None:
    begin(another_client, person)

    assert answer(another_client, said).status_code == 422
    assert client.submit(KEYS, "passkey", passkey=said).status_code == 422


def test_neither_answer_nor_code_is_refused_with_a_word(client, another_client, person, device) -> None:
    begin(another_client, person)

    assert answer(another_client, "").status_code == 422
    assert client.submit(KEYS, "passkey", passkey="").status_code == 422


def test_this_was_not_me_takes_every_passkey_away(app, client, another_client, person, device, post) -> None:
    link = urlsplit(post.to(person.mobile)[-1].links[0]).path

    another_client.submit(link, "not-me")

    assert passkeys_of(app, person) == 0
    assert not is_signed_in(client)


def test_a_lost_phone_takes_its_passkeys_along(app, another_client, person, device) -> None:
    with app.app_context(), writing():
        add_recovery_codes(get_subject(person.id), hash_codes([PAPER], account_id=person.id))
        db.session.commit()
    another_client.submit("/recover", "recover", mobile=person.mobile, lost="phone")
    another_client.submit("/recover/phone", "recover-phone", password=person.password, code=PAPER)
    secret = another_client.page("/recover/second-factor").words("totp-secret")

    another_client.submit("/recover/second-factor", "second-factor", code=code_of(app, secret))

    assert passkeys_of(app, person) == 0


def passkeys_of(app: Flask, person: Somebody) -> int:
    with app.app_context():
        return count_passkeys(person.id)


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://localhost:5000", ("localhost", "http://localhost:5000")),
        ("http://127.0.0.1:5000", None),
        ("http://[::1]:5000", None),
    ],
)
def test_passkeys_are_offered_where_the_address_has_a_name(app: Flask, address: str, expected: tuple[str, str] | None) -> None:
    with app.test_request_context(base_url=address):
        assert site() == expected
