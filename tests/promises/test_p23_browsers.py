"""P23: what a browser says of itself is used for the answer and kept nowhere, also of somebody signed in."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from msewa.extensions import Base, db, writing
from msewa.holdings import holdings
from msewa.outbox.worker import run_due
from msewa.visits.recording import flush
from tests.people import PASSWORD, somebody
from tests.strict_client import StrictClient

SAYS = {
    "User-Agent": "Telltale/77 (Wondrous; Planted) Firefox/140",
    "Sec-CH-UA-Model": "Planted Phone 9",
    "Accept-Language": "pa-IN-x-planted,pa;q=0.9",
}
WORDS = ("Telltale", "Wondrous", "Planted", "planted")


@pytest.mark.promise("P23")
def test_nothing_that_a_browser_says_of_itself_is_kept_of_whoever_signs_in(app: Flask, client: StrictClient) -> None:
    client.environ_base.update({f"HTTP_{name.upper().replace('-', '_')}": said for name, said in SAYS.items()})

    person = somebody(app)
    client.submit("/sign-in", "sign-in", mobile=person.mobile, password=PASSWORD)
    client.submit("/sign-in/second-factor", "second-factor", code=person.code())
    client.page("/account/security")
    client.submit("/services/birth-certificate", "apply")
    for _ in range(12):
        client.page("/services")
    flush(app, closing=True)
    with app.app_context():
        run_due(now=app.extensions["clock"].now())

    with app.app_context(), writing():
        rows = [row for table in Base.metadata.sorted_tables for row in db.session.execute(select(table))]
        opened = [holding.gather(person.subject()) for holding in holdings()]
    kept = repr(rows) + json.dumps(opened, default=str)
    assert len(rows) > 100
    assert [word for word in WORDS if word in kept] == []
