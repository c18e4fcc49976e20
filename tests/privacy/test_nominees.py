"""Naming somebody (DPDP Act, s. 14): sealed, hers to change and to take back, and nobody else's to see."""

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.extensions import db
from msewa.ledger.queries import list_entries
from msewa.privacy.models import Nominee
from msewa.privacy.queries import list_nominees
from msewa.privacy.rules import MOST_NOMINEES
from tests.people import Somebody, signed_in
from tests.strict_client import StrictClient

NAVDEEP = {"full_name": "Navdeep Kaur Planted", "relation": "Daughter", "mobile": "7012345678"}
ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def her(app: Flask, client: StrictClient) -> Somebody:
    return signed_in(client, app=app)


def named(client: StrictClient, **other: str) -> int:
    return client.submit("/privacy/nominate", "nominee", **{**NAVDEEP, **other}).status_code


def test_whom_she_names_stands_on_her_page(her: Somebody, client: StrictClient) -> None:
    assert named(client) == 303
    assert named(client, full_name="Jagtar Singh", relation="Husband", mobile="+91 70123 45679") == 303

    rows = ["".join(row.itertext()) for row in client.page("/privacy/nominate").all("nominee-row")]

    assert "Navdeep Kaur Planted" in rows[0]
    assert "70123 45678" in rows[0]
    assert "Husband" in rows[1]


def test_a_nominee_can_be_changed_and_removed(her: Somebody, client: StrictClient) -> None:
    named(client)
    nominee = client.page("/privacy/nominate").one("nominee-row").get("data-id")

    client.submit(f"/privacy/nominate/{nominee}", "nominee", relation="Eldest daughter")

    with her.app.app_context():
        kept = list_nominees(her.subject())
        acts = [entry["act"] for entry in list_entries(her.subject(), limit=2)]
    assert [(one.relation, one.mobile) for one in kept] == [("Eldest daughter", "+917012345678")]
    assert acts == ["nominee.changed", "nominee.named"]
    client.submit("/privacy/nominate", "remove-nominee")
    assert client.page("/privacy/nominate").all("nominee-row") == []


@pytest.mark.promise("P72")
def test_a_nominee_lies_sealed(her: Somebody, client: StrictClient) -> None:
    named(client)

    with her.app.app_context():
        sealed = db.session.scalars(select(Nominee.sealed)).one()
    assert b"Planted" not in sealed
    assert b"7012345678" not in sealed


@pytest.mark.promise("P68")
def test_somebody_elses_nominee_is_not_there(her: Somebody, client: StrictClient, app: Flask, another_client: StrictClient) -> None:
    named(client)
    nominee = client.page("/privacy/nominate").one("nominee-row").get("data-id")
    signed_in(another_client, app=app, full_name="Other Kaur")
    token = {"csrf_token": another_client.page("/privacy/nominate").fields("nominee")["csrf_token"]}

    answers = [
        another_client.get(f"/privacy/nominate/{nominee}"),
        another_client.post(f"/privacy/nominate/{nominee}", data={**token, **NAVDEEP}),
        another_client.post(f"/privacy/nominate/{nominee}/remove", data=token),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len(client.page("/privacy/nominate").all("nominee-row")) == 1


@ONE_BACKEND
@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("full_name", "", "Write the name"),
        ("full_name", "a" * 101, "Write at most 100 letters"),
        ("relation", "\x00", "Write what this person is to you"),
        ("relation", "b" * 61, "Write at most 60 letters"),
        ("full_name", "Navdeep 2341 2341 2346", "We never keep the whole number"),
        ("relation", "234123412346", "We never keep the whole number"),
        ("mobile", "", "Write the mobile number of this person"),
        ("mobile", "12345", "Write a mobile number of ten digits"),
    ],
)
def test_what_can_not_be_used_is_asked_again(her: Somebody, client: StrictClient, field: str, typed: str, message: str) -> None:
    answer = client.submit("/privacy/nominate", "nominee", **{**NAVDEEP, field: typed})

    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert client.page("/privacy/nominate").all("nominee-row") == []


@ONE_BACKEND
def test_more_than_five_do_not_fit(her: Somebody, client: StrictClient) -> None:
    form = client.page("/privacy/nominate").fields("nominee")
    for _ in range(MOST_NOMINEES):
        assert named(client) == 303

    page = client.page("/privacy/nominate")
    late = client.post("/privacy/nominate", data={**form, **NAVDEEP})

    assert page.all("form-nominee") == []
    assert late.status_code == 422
    assert len(client.page("/privacy/nominate").all("nominee-row")) == MOST_NOMINEES


@ONE_BACKEND
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_it_says_what_naming_is_for_and_what_the_nominee_must_do(her: Somebody, client: StrictClient, language: str) -> None:
    page = client.page(f"/privacy/nominate?lang={language}")

    assert page.words("explains")
    assert 'href="/grievances"' in page.text.replace("href=/grievances>", 'href="/grievances">')
