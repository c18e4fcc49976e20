"""Who looked: role, office, when, why, what, with a question and a proof for each row."""

import json
import re

import pytest
from flask import Flask

from msewa.extensions import db, writing
from msewa.ledger.operations import checkpoint, record
from msewa.ledger.queries import list_entries
from msewa.ledger.rules import Actor, Kind
from msewa.privacy.months import begin_of, last_month, month_of, next_month
from tests.conftest import ClockHandle
from tests.people import Somebody, sign_in, signed_in
from tests.privacy.conftest import REASON, by_htmx, looked_at
from tests.strict_client import Page, StrictClient

ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def her(app: Flask, client: StrictClient) -> Somebody:
    return signed_in(client, app=app)


def numbers(page: Page) -> list[str]:
    return [row.get("data-id") for row in page.all("access-row")]


def walk(client: StrictClient, start: str) -> list[str]:
    """Return the rows of every page from `start` on, in the order of reading."""
    page = client.page(start)
    rows = numbers(page)
    while following := re.search(r'rel="?next"? href="([^"]+)"', page.text):
        page = client.page(following[1].replace("&amp;", "&"))
        rows += numbers(page)
    return rows


@pytest.mark.promise("P48")
@pytest.mark.promise("P31")
def test_a_row_says_who_of_which_office_when_why_and_what(her: Somebody, client: StrictClient, clock: ClockHandle) -> None:
    looked_at(her, about="K7M4-TXQ9", fields=("father_name", "date_of_birth"))

    row = client.page("/privacy/looks").one("access-row")

    text = " ".join("".join(row.itertext()).split())
    assert "Officer, Department of Health and Family Welfare" in text
    assert REASON in text
    assert "K7M4-TXQ9" in text
    assert "Your date of birth" in text
    assert re.search(r"\d\d/\d\d/\d{4}, \d\d:\d\d", text)


@pytest.mark.promise("P48")
@ONE_BACKEND
@pytest.mark.parametrize(
    ("language", "who"),
    [
        ("en", "Data protection officer, Department of Governance Reforms, Punjab"),
        ("pa", "ਗਵਰਨੈਂਸ ਸੁਧਾਰ ਵਿਭਾਗ, ਪੰਜਾਬ"),
        ("hi", "शासन सुधार विभाग, पंजाब"),
    ],
)
def test_who_acts_for_no_office_acts_for_the_department_that_runs_msewa(app: Flask, client: StrictClient, language: str, who: str) -> None:
    her = signed_in(client, app=app, language=language)
    looked_at(her, actor=Actor(Kind.DPO, "d" * 32))
    looked_at(her, actor=Actor(Kind.OFFICER, "e" * 32, "an-office-that-closed"))

    of_no_office, of_another = ["".join(row.itertext()) for row in client.page("/privacy/looks").all("access-row")][::-1]

    assert who in of_no_office
    assert who not in of_another


@pytest.mark.promise("P30", "P31")
@ONE_BACKEND
@pytest.mark.parametrize("path", ["/privacy", "/privacy/looks"])
@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ("when a secrecy ordered by law ends", "as far as we may say")),
        ("pa", ("ਗੁਪਤ ਰੱਖਣ ਦਾ ਸਮਾਂ ਮੁੱਕਣ ਉੱਤੇ", "ਜਿੰਨਾ ਅਸੀਂ ਦੱਸ ਸਕਦੇ ਹਾਂ")),
        ("hi", ("गुप्त रखने का समय पूरा होने पर", "जितना हम बता सकते हैं")),
    ],
)
def test_the_list_never_says_more_than_a_lawful_secrecy_lets_us_know(
    app: Flask, client: StrictClient, path: str, language: str, says: tuple[str, str]
) -> None:
    signed_in(client, app=app, language=language)

    text = client.page(path).text

    assert [part for part in says if part not in text] == []


@pytest.mark.promise("P76")
def test_each_row_can_be_asked_about(her: Somebody, client: StrictClient) -> None:
    looked_at(her)
    row = client.page("/privacy/looks").one("access-row")

    link = f"/grievances/new?about=look:{row.get('data-id')}"

    assert link in [node.get("href") for node in row.iter()]
    assert client.submit(link, "grievance", text="Why was this opened?").status_code == 303


@pytest.mark.promise("P69")
def test_each_row_leads_to_its_proof(her: Somebody, client: StrictClient, app: Flask) -> None:
    looked_at(her)
    with app.app_context(), writing():
        checkpoint(app.extensions["clock"].now())
        db.session.commit()
    number = numbers(client.page("/privacy/looks"))[0]

    proof = client.get(f"/privacy/proof/{number}.json")

    assert f"/privacy/proof/{number}.json" in client.page("/privacy/looks").text
    assert json.loads(proof.get_data())["number"] == int(number)


def test_paging_shows_each_row_once_newest_first(her: Somebody, client: StrictClient) -> None:
    looked_at(her, 30)

    rows = walk(client, "/privacy/looks")

    assert len(rows) == 30
    assert rows == sorted(set(rows), key=int, reverse=True)


def test_her_own_acts_stand_there_when_she_asks_for_them(her: Somebody, client: StrictClient) -> None:
    looked_at(her)

    others, everything = walk(client, "/privacy/looks"), walk(client, "/privacy/looks?all=1")

    assert len(others) == 1
    assert set(others) < set(everything)
    assert "This list was read" in client.page("/privacy/looks?all=1").text


def test_what_she_did_is_told_in_words_and_not_in_marks_of_the_program(
    her: Somebody, client: StrictClient, app: Flask, clock: ClockHandle
) -> None:
    with app.app_context(), writing():
        record("account.signed_in", subject=her.subject(), actor=her.actor, now=clock.now(), reason="authenticator")
        db.session.commit()

    page = client.page("/privacy/looks?all=1").text

    assert "Signed in" in page
    assert "authenticator" not in page


def test_a_month_shows_its_own_looks_alone(her: Somebody, client: StrictClient, clock: ClockHandle) -> None:
    looked_at(her, 14)
    earlier = clock.now()
    clock.advance(days=40)
    sign_in(client, her)
    looked_at(her, 2)

    rows = walk(client, f"/privacy/looks?month={earlier:%Y-%m}")

    assert len(rows) == 14
    assert set(rows).isdisjoint(walk(client, f"/privacy/looks?month={clock.now():%Y-%m}"))
    assert walk(client, "/privacy/looks?month=2020-01") == []


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
def test_a_month_at_the_edge_of_time_narrows_nothing(her: Somebody, client: StrictClient, month: str) -> None:
    looked_at(her)

    rows = numbers(client.page(f"/privacy/looks?month={month}"))

    assert len(rows) == 1


def test_her_reading_is_noted_once_a_day(her: Somebody, client: StrictClient, app: Flask, clock: ClockHandle) -> None:
    for path in ("/privacy", "/privacy/looks", "/privacy/looks?all=1"):
        client.page(path)
    clock.advance(hours=25)
    sign_in(client, her)
    client.page("/privacy")

    with app.app_context():
        acts = [entry["act"] for entry in list_entries(her.subject())]
    assert acts.count("ledger.read") == 2


def test_the_list_asked_for_alone_is_that_of_the_page(her: Somebody, client: StrictClient) -> None:
    looked_at(her, 20)
    older = re.search(r'href="(/privacy/looks\?before=\d+)"', client.page("/privacy/looks").text)[1]

    part = client.get(older, headers=by_htmx("section#looks")).get_data(as_text=True)

    assert numbers(Page(part)) == numbers(client.page(older))
    assert "<html" not in part


@ONE_BACKEND
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.SYSTEM, Kind.VISITOR)])
@pytest.mark.parametrize("language", ["en", "pa", "hi"])
def test_every_kind_of_actor_has_its_word(her: Somebody, client: StrictClient, kind: Kind, language: str) -> None:
    looked_at(her, actor=Actor(kind, "e" * 32, ""))

    page = client.page(f"/privacy/looks?lang={language}")

    assert len(page.all("access-row")) == 1
    assert "You" not in "".join(page.one("access-row").itertext()).split()


@ONE_BACKEND
@pytest.mark.parametrize("argument", ["before=x", "before=-3", "before=9999999999999999999", "before="])
def test_a_number_that_can_be_none_is_not_found(her: Somebody, client: StrictClient, argument: str) -> None:
    assert client.get(f"/privacy/looks?{argument}").status_code == 404


def test_months_begin_in_india() -> None:
    month = month_of("2026-12")

    assert month is not None
    assert begin_of(month).isoformat() == "2026-12-01T00:00:00+05:30"
    assert next_month(month).isoformat() == "2027-01-01"
    assert last_month(begin_of(month)).isoformat() == "2026-11-01"
    assert [month_of(text) for text in ("2026-13", "x", "", "2026-11-01", "0000-01", "0001-01", "9999-12")] == [None] * 7
