"""A registered portal, somebody whose data was looked at, and what asks as the portal does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from msewa.accounts.looking import look
from msewa.extensions import db, writing
from msewa.ledger.rules import Actor, Kind
from tests.people import Somebody, signed_in
from tests.strict_client import Page, StrictClient

ADDRESS = "IN/GOV/PB-PORTAL/citizens"
OFFICER = Actor(Kind.OFFICER, "c" * 32, "bdpo")
Ask = Callable[..., TestResponse]


@pytest.fixture
def portal(app: Flask) -> str:
    result = app.test_cli_runner().invoke(args=["tracker", "register", ADDRESS, "Citizens' portal"])
    assert result.exit_code == 0, result.output
    return ADDRESS


@pytest.fixture
def her(app: Flask, client: StrictClient, portal: str) -> Somebody:
    """Somebody who is signed in, at whose data an officer looked three times."""
    person = signed_in(client, app=app)
    looked_at(person, times=3)
    return person


def looked_at(person: Somebody, *, times: int) -> None:
    with person.app.app_context(), writing():
        now = person.app.extensions["clock"].now()
        for step in range(times):
            look(person.id, actor=OFFICER, reason=f"case {step}", fields=["mobile"], now=now + timedelta(minutes=step - 10), about="PB-7")
        db.session.commit()


def switch(client: StrictClient, *, on: bool) -> str | None:
    """Press the portal's switch as the page has it; return the code that is shown then."""
    page = Page(client.get("/privacy/tracker").get_data(as_text=True))
    [row] = page.all("choice-row")
    form = f"choice-{row.get('data-id')}"
    answer = client.post(
        f"/privacy/tracker/{row.get('data-id')}", data={**page.fields(form), "on": "1" if on else "0"}, follow_redirects=True
    )
    codes = Page(answer.get_data(as_text=True)).all("tracker-code")
    return codes[0].text if codes else None


@pytest.fixture
def ask(another_client: StrictClient) -> Ask:
    """Return what asks as the portal does, without any cookie."""

    def send(code: str | None, *, address: str = ADDRESS, user: str | None = None, **query: Any) -> TestResponse:
        headers = {"X-Road-Client": address, "X-Road-UserId": user or code or ""}
        given = {**({"userCode": code} if code else {}), **query}
        return another_client.get("/api/data-tracker/findUsage", headers=headers, query_string=given)

    return send
