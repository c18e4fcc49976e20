"""What going back to the first start brings back: the daily work, and the key to which those who leave are sealed."""

import pytest
from flask import Flask
from sqlalchemy import delete

from msewa.closure.rules import month_of
from msewa.extensions import db, writing
from msewa.outbox.models import OutboxItem
from tests.closure.ceremony import leave
from tests.closure.conftest import run
from tests.conftest import ClockHandle
from tests.people import somebody
from tests.strict_client import StrictClient


def empty_the_outbox(app: Flask) -> None:
    with app.app_context(), writing():
        db.session.execute(delete(OutboxItem))
        db.session.commit()


@pytest.mark.promise("P57", "P77")
def test_a_reset_plans_the_daily_work_anew(seeded: Flask, client: StrictClient) -> None:
    empty_the_outbox(seeded)

    client.post("/sandbox/reset")

    rows = [line.split() for line in run(seeded, "self-check").output.splitlines()]
    assert [row[0] for row in rows if "daily-work" in row] == ["well"]


@pytest.mark.promise("P55")
def test_after_a_reset_people_can_leave_although_this_months_key_had_ended(seeded: Flask, client: StrictClient, clock: ClockHandle) -> None:
    month = month_of(clock.now())
    leave(seeded, somebody(seeded))
    clock.advance(days=3 * 366)
    ended = run(seeded, "vault", "destroy", "--month", month)
    seeded.extensions["clock"].reset()
    while_ended = client.get("/health/ready").json

    client.post("/sandbox/reset")

    assert ended.exit_code == 0, ended.output
    assert "vault_key" in while_ended
    assert "vault_key" not in client.get("/health/ready").get_data(as_text=True)
    assert leave(seeded, somebody(seeded))["sealed"]["month"] == month
