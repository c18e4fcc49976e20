"""P71: no page of the operator's people has a way to delete: whatever they press, nothing of a citizen becomes less."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from msewa.extensions import Base, db
from msewa.holdings import holdings
from tests.people import DISTRICT_OFFICE, PROFILE, signed_in
from tests.security.attacks import UNSAFE, filled, mark_of, routes
from tests.security.test_access import OPEN
from tests.strict_client import StrictClient

# Visits end, and what has been counted in vain is forgotten, whoever does what.
COME_AND_GO = {"sign_in_session", "sent_code", "throttle"}


def rows_of_people(app: Flask) -> dict[str, int]:
    with app.app_context():
        names = {name for holding in holdings() for name in holding.tables} - COME_AND_GO
        return {name: db.session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) for name in sorted(names)}


@pytest.mark.promise("P71")
@pytest.mark.parametrize("role", ["dpo", "operator", "officer"])
@pytest.mark.parametrize("backend", ["sqlite"])
def test_nothing_that_staff_can_press_removes_anything_of_a_citizen(
    app: Flask, client: StrictClient, another_client: StrictClient, role: str
) -> None:
    her = signed_in(client, app=app, profile=PROFILE, email="a.person@example.org")
    application = client.submit("/services/birth-certificate", "apply").headers["Location"].split("/")[2]
    complaint = client.submit("/grievances/new", "grievance", text="Why?").headers["Location"].rpartition("/")[2]
    signed_in(another_client, app=app, role=role, office=DISTRICT_OFFICE if role == "officer" else None)
    token = another_client.page("/account/security").fields("sign-out")["csrf_token"]
    before = rows_of_people(app)

    pressed = 0
    for ref in (application, complaint):
        for rule in routes(app):
            if mark_of(app, rule).partition(" ")[0] == "citizen" or rule.rule in ("/sign-out", "/account/security"):
                continue
            for method in set(UNSAFE) & rule.methods:
                sent = {
                    "csrf_token": token,
                    "person": her.id,
                    "mobile": her.mobile,
                    "account": her.id,
                    "reason": "a reason",
                    "confirm": "y",
                }
                pressed += another_client.open(filled(rule.rule, OPEN | {"ref": ref}), method=method, data=sent).status_code < 500

    after = rows_of_people(app)
    assert pressed > 50
    assert before["profile_section"] > 0
    assert {name: (before[name], after[name]) for name in before if after[name] < before[name]} == {}
