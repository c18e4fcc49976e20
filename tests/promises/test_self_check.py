"""flask self-check: the command, the page and the worker tell what the checks found (P77)."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from msewa.extensions import db, writing
from msewa.outbox import worker
from msewa.outbox.models import OutboxItem
from msewa.promises import checking
from msewa.promises.checks.register import CHECKS
from msewa.promises.queries import clauses
from tests.people import PROFILE, somebody
from tests.promises.faults import LONG_AGO, write
from tests.strict_client import StrictClient

pytestmark = [pytest.mark.promise("P77"), pytest.mark.usefixtures("prepared")]


def test_a_living_system_with_people_in_it_is_well(app: Flask, check) -> None:
    somebody(app, profile=PROFILE, email="a.person@example.org")

    assert check() == {}


@pytest.mark.parametrize("kind", [OSError, ValueError, KeyError])
def test_a_check_that_can_not_look_is_a_fault(app: Flask, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]) -> None:
    def refuse(now: datetime) -> list[str]:
        raise kind("a disk with Gurpreet on it")

    monkeypatch.setattr(checking, "CHECKS", (replace(CHECKS[0], find_faults=refuse),))
    with app.app_context():
        results = checking.look(now=LONG_AGO)

    assert results[0].faults == (f"It could not look: {kind.__name__}.",)


def make_unsafe(app: Flask) -> None:
    write(app, OutboxItem(topic="a.topic", reference="x", state="attention", created_at=LONG_AGO, due_at=LONG_AGO))


def test_the_command_names_each_fault_and_exits_with_1(app: Flask) -> None:
    well = app.test_cli_runner().invoke(args=["self-check"])
    make_unsafe(app)
    faulty = app.test_cli_runner().invoke(args=["self-check"])

    assert well.exit_code == 0, well.output
    assert f"All {len(CHECKS)} checks are well." in well.output
    assert faulty.exit_code == 1
    assert "a.topic: 1 need a person's attention." in faulty.output
    assert faulty.output.rstrip().endswith(f"1 of {len(CHECKS)} checks found a fault: forgotten-work")


def test_the_page_shows_when_the_system_last_checked_itself_and_what_it_found(app: Flask, check, client: StrictClient) -> None:
    assert "not checked itself yet" in client.page("/promises").words("last-check")
    make_unsafe(app)
    faults = check()

    page = client.page("/promises")
    clause = client.page("/promises/P77")

    told = {row.get("data-id"): "fault" in "".join(row.itertext()) for row in clause.all("check-row")}
    assert "1 check found a fault." in page.words("last-check")
    assert told == {"daily-work": False, "breaches": False, "forgotten-work": True}
    assert not any(fault in page.text + clause.text for found in faults.values() for fault in found), "faults are for whoever can mend them"


def test_the_page_says_when_the_system_has_not_checked_itself_since_yesterday(app: Flask, check, client: StrictClient, clock) -> None:
    check()
    clock.advance(hours=25)
    yesterday = client.page("/promises").words("last-check")
    clock.advance(hours=2)

    assert "should have done so again" not in yesterday
    assert "should have done so again" in client.page("/promises").words("last-check")


def test_the_worker_checks_every_day(app: Flask) -> None:
    clock = app.extensions["clock"]
    with app.app_context():
        worker.run_due(now=clock.now())
        first = checking.last_run()
        clock.move(clock.now() + timedelta(days=1, minutes=1))
        worker.run_due(now=clock.now())
        second = checking.last_run()

    assert first is not None
    assert second is not None
    assert second.at - first.at >= timedelta(days=1)


def test_two_runs_at_the_same_moment_are_both_kept(app: Flask, check) -> None:
    check()

    def run() -> datetime | None:
        with app.app_context(), writing():
            checking.keep([checking.Result(one, ()) for one in CHECKS], now=LONG_AGO + timedelta(days=1))
            db.session.commit()
            return (last := checking.last_run()) and last.at

    with ThreadPoolExecutor() as pool, app.app_context(), writing():
        checking.keep([checking.Result(one, ()) for one in CHECKS], now=LONG_AGO)
        other = pool.submit(run)
        time.sleep(0.5)
        db.session.commit()

        assert other.result(timeout=20) == LONG_AGO + timedelta(days=1)


def test_every_check_speaks_of_clauses_or_is_for_whoever_runs_the_system() -> None:
    ids = [check.id for check in CHECKS]

    assert len(set(ids)) == len(ids)
    assert [check.id for check in CHECKS if not check.clauses] == ["sms-ids", "offices", "dpo", "work", "messages"]
    assert {clause for check in CHECKS for clause in check.clauses} <= set(clauses())
