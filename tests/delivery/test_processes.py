"""Real processes: a department over HTTP, and a worker that is killed in mid-call (F02, F18)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from flask import Flask

from msewa.config import Settings
from msewa.delivery.queries import get_package_state
from msewa.extensions import db
from msewa.outbox import worker
from msewa.outbox.queries import find_progress
from tests.conftest import ClockHandle
from tests.delivery.conftest import PAYLOAD, RunningDepartment, send_off
from tests.installation import ROOT

A = "a" * 32
Start = Callable[..., RunningDepartment]


def start_worker(app: Flask, *arguments: str) -> subprocess.Popen[str]:
    """Start `flask worker` on this installation's folder and database."""
    settings: Settings = app.extensions["settings"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MSEWA_")}
    environment = inherited | {"MSEWA_DATA": str(settings.data), "MSEWA_DATABASE_URL": settings.database_url or ""}
    command = [sys.executable, "-m", "flask", "--app", "app", "worker", *arguments]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **quiet)


def wait_until(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait for something another process does."""
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.promise("P74")
def test_a_department_over_http_opens_what_it_got_and_what_travelled_was_closed(room: Flask, clock: ClockHandle, department: Start) -> None:
    process = department()
    send_off(A, now=clock.now())

    worker.run_due(now=clock.now())
    told = process.told()

    assert told["parcels"][A]["payload"].encode() == PAYLOAD
    assert [call["key"] for call in told["calls"]] == [A]
    assert all(word not in told["calls"][0]["body"] for word in ("Tapa", "payload", "health", "birth"))
    assert get_package_state(A).receipt.startswith("D-")


def test_a_department_that_fails_gets_the_package_later_once(room: Flask, clock: ClockHandle, department: Start) -> None:
    process = department("--fail", "2")
    send_off(A, now=clock.now())

    for _ in range(4):
        worker.run_due(now=clock.advance(minutes=5))
    told = process.told()

    assert (len(told["calls"]), list(told["parcels"])) == (3, [A])
    assert get_package_state(A).state == "accepted"


def test_a_worker_killed_in_mid_call_is_followed_by_one_that_delivers_and_the_effect_is_once(
    room: Flask, clock: ClockHandle, department: Start
) -> None:
    process = department("--slow", "60")
    send_off(A, now=clock.now())
    first = start_worker(room)
    wait_until(lambda: len(process.told()["calls"]) == 1)

    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    after_the_kill = get_package_state(A).state
    db.session.rollback()
    clock.advance(minutes=6)
    second = start_worker(room, "--once")
    second.wait(timeout=30)
    told = process.told()

    assert after_the_kill == "waiting"
    assert second.returncode == 0
    assert [call["key"] for call in told["calls"]] == [A, A]
    assert list(told["parcels"]) == [A]
    assert get_package_state(A).state == "accepted"
    assert find_progress("delivery.send", A).state == "done"
