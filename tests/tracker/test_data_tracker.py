"""Another portal is told who looked, by Estonia's contract: only when registered, only for whoever gave it a code, and never unseen."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.extensions import db, writing
from msewa.holdings import holdings
from msewa.ledger.models import LedgerCheckpoint
from msewa.ledger.operations import checkpoint, erase_entries
from msewa.ledger.queries import list_looks
from msewa.tracker.queries import list_given
from tests.conftest import ClockHandle
from tests.people import Somebody, signed_in, somebody
from tests.strict_client import Page, StrictClient
from tests.tracker.conftest import ADDRESS, Ask, switch


def test_a_portal_with_her_code_is_told_who_looked_when_and_why(client: StrictClient, her: Somebody, ask: Ask) -> None:
    code = switch(client, on=True)

    answer = ask(code)

    usages = answer.get_json()["usages"]
    assert answer.status_code == 200
    assert answer.get_json()["totalUsages"] == len(usages) == 4
    assert [usage["action"] for usage in usages] == ["This list was read", *(f"Looked at your data: case {step}" for step in (2, 1, 0))]
    assert usages[1].keys() == {"logtime", "action", "receiverCode", "receiverName", "receiverSystem"}
    assert [usage["receiverCode"] for usage in usages] == [ADDRESS, "bdpo", "bdpo", "bdpo"]
    assert usages[0]["receiverName"] == "Citizens' portal"
    assert "mobile" not in answer.get_data(as_text=True)


@pytest.mark.promise("P31")
@pytest.mark.promise("P48")
def test_each_call_is_a_row_on_her_page(client: StrictClient, her: Somebody, ask: Ask, app: Flask) -> None:
    code = switch(client, on=True)

    ask(code)
    ask(code)

    with app.app_context():
        mine = [row for row in list_looks(her.subject()) if row["act"] == "ledger.read"]
    assert [(row["actor"]["kind"], row["reason"], row["fields"]) for row in mine] == [("provider", "Citizens' portal", ["ledger"])] * 2


@pytest.mark.promise("P29")
@pytest.mark.promise("P31")
def test_nothing_is_told_before_she_gives_a_code_nor_after_she_takes_it_back(client: StrictClient, her: Somebody, ask: Ask) -> None:
    assert switch(client, on=False) is None
    assert ask("0" * 32).status_code == 400
    code = switch(client, on=True)
    assert ask(code).status_code == 200

    switch(client, on=False)

    assert ask(code).status_code == 400
    assert switch(client, on=True) != code, "a new code says nothing of the old one"


@pytest.mark.promise("P31")
def test_one_portals_code_is_of_no_use_to_another(client: StrictClient, app: Flask, her: Somebody, ask: Ask) -> None:
    code = switch(client, on=True)
    app.test_cli_runner().invoke(args=["tracker", "register", "IN/GOV/OTHER/portal", "Another"])

    assert ask(code, address="IN/GOV/OTHER/portal").status_code == 400


@pytest.mark.promise("P31")
@pytest.mark.parametrize("address", ["", "IN/GOV/NOBODY/portal", ADDRESS.lower(), f"{ADDRESS}/more", "x" * 5000])
def test_a_caller_that_is_not_registered_is_refused(client: StrictClient, her: Somebody, ask: Ask, address: str) -> None:
    code = switch(client, on=True)

    answer = ask(code, address=address)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "client_not_registered")
    for name in ("heartbeat", "usagePeriod"):
        assert client.get(f"/api/data-tracker/{name}", headers={"X-Road-Client": address}).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "²"},
        {"limit": "99999999999"},
        {"offset": "x"},
        {"offset": "-1"},
        {"periodStart": "yesterday"},
        {"periodEnd": "0001-01-01T00:00:00+14:00"},
        {"user": "f" * 32},
    ],
)
def test_what_can_not_be_read_is_told_without_repeating_it(client: StrictClient, her: Somebody, ask: Ask, query: dict[str, str]) -> None:
    code = switch(client, on=True)

    answer = ask(code, **query)

    assert (answer.status_code, answer.get_json()["code"]) == (400, "unreadable")
    assert next(iter(query.values())) not in answer.get_json()["message"]


@pytest.mark.parametrize("code", ["9876543210", "+919876543210", "a" * 31, "A" * 32, "a" * 33, "", "\x00" * 32])
def test_a_number_or_name_is_no_code(her: Somebody, portal: str, another_client: StrictClient, code: str) -> None:
    headers = {"X-Road-Client": portal, "X-Road-UserId": "x"}

    answer = another_client.application.test_client().get("/api/data-tracker/findUsage", headers=headers, query_string={"userCode": code})

    assert answer.status_code == 400


def test_the_answer_comes_in_pages_and_for_a_period(client: StrictClient, her: Somebody, ask: Ask, clock: ClockHandle) -> None:
    code, until = switch(client, on=True), (clock.now() - timedelta(minutes=1)).isoformat()

    pages = [ask(code, limit="2", offset=str(offset), periodEnd=until).get_json() for offset in (0, 2)]
    late = ask(code, periodStart=(clock.now() - timedelta(minutes=9, seconds=30)).isoformat(), periodEnd=until).get_json()

    assert [page["totalUsages"] for page in pages] == [3, 3]
    assert [usage["action"] for page in pages for usage in page["usages"]] == [f"Looked at your data: case {step}" for step in (2, 1, 0)]
    assert [usage["action"] for usage in late["usages"]] == [f"Looked at your data: case {step}" for step in (2, 1)]


def began_on(app: Flask, clock: ClockHandle) -> date:
    """Return the day of the first checkpoint; the ledger is no test's own, and the clocks of those before this one went up and down."""
    with app.app_context():
        first = db.session.scalar(select(LedgerCheckpoint.made_at).order_by(LedgerCheckpoint.size).limit(1))
    return (first or clock.now()).date()


def test_heartbeat_and_period_answer_a_registered_caller(client: StrictClient, her: Somebody, app: Flask, clock: ClockHandle) -> None:
    headers = {"X-Road-Client": ADDRESS}

    heartbeat = client.get("/api/data-tracker/heartbeat", headers=headers).get_json()
    period = client.get("/api/data-tracker/usagePeriod", headers=headers).get_json()

    assert heartbeat == {"status": "OK", "message": "API is ready"}
    assert period == {"periodStart": f"{began_on(app, clock)}T00:00:00Z"}


@pytest.mark.promise("P14")
def test_the_period_tells_of_nobody_when_she_came_or_left(client: StrictClient, app: Flask, her: Somebody, clock: ClockHandle) -> None:
    with app.app_context(), writing():
        checkpoint(clock.now())
        db.session.commit()
    begun = began_on(app, clock)
    clock.advance(days=40)
    somebody(app)

    periods = []
    for _ in range(2):
        periods.append(client.get("/api/data-tracker/usagePeriod", headers={"X-Road-Client": ADDRESS}).get_json())
        with app.app_context(), writing():
            erase_entries(her.id)
            db.session.commit()

    assert periods == [{"periodStart": f"{begun}T00:00:00Z"}] * 2


@pytest.mark.promise("P61")
def test_her_code_ends_with_her_account_and_with_the_portal(client: StrictClient, app: Flask, her: Somebody, ask: Ask) -> None:
    code = switch(client, on=True)
    holding = next(one for one in holdings_of(app) if one.section == "tracker")
    with app.app_context(), writing():
        gathered = holding.gather(her.subject())
        holding.erase(her.id)
        db.session.commit()

    assert [(row["client"], row["code"]) for row in gathered] == [(ADDRESS, code)]
    assert ask(code).status_code == 400
    switch(client, on=True)
    ended = app.test_cli_runner().invoke(args=["tracker", "end", ADDRESS])
    assert "1 codes ended" in ended.output
    assert ask(code).status_code == 403


def holdings_of(app: Flask) -> Any:
    with app.app_context():
        return holdings()


@pytest.mark.parametrize("language", ["en", "pa", "hi"])
@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_page_says_so_when_no_portal_is_registered(client: StrictClient, app: Flask, language: str) -> None:
    signed_in(client, app=app, language=language)

    page = Page(client.get("/privacy/tracker").get_data(as_text=True))

    assert page.all("choice-row") == []


@pytest.mark.parametrize(("address", "says"), [("nonsense", "reads INSTANCE/CLASS"), (ADDRESS, "registered already")])
def test_a_registration_that_can_not_be_is_refused_in_one_line(app: Flask, portal: str, address: str, says: str) -> None:
    result = app.test_cli_runner().invoke(args=["tracker", "register", address, "Again"])

    assert result.exit_code != 0
    assert says in result.output
    assert ADDRESS in app.test_cli_runner().invoke(args=["tracker", "list"]).output
    assert app.test_cli_runner().invoke(args=["tracker", "end", "IN/GOV/NOBODY"]).exit_code != 0


def test_somebody_elses_codes_are_not_shown(client: StrictClient, app: Flask, her: Somebody) -> None:
    switch(client, on=True)
    other = somebody(app)

    with app.app_context():
        assert [given.code for given in list_given(other.subject())] == [None]
