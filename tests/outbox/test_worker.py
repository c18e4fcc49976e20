"""The worker: each topic on its own, patient with a database that is away, ended by a signal."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from msewa.config import Settings
from msewa.extensions import db, writing
from msewa.outbox import worker
from msewa.outbox.operations import drop, put
from msewa.outbox.queries import find_progress
from tests.installation import ROOT
from tests.strict_client import StrictClient


def put_in(app: Flask, topic: str, *references: str) -> None:
    with app.app_context(), writing():
        for reference in references:
            put(topic, reference, now=app.extensions["clock"].now())
        db.session.commit()


def wait_until(condition: Callable[[], bool], *, seconds: float = 15) -> None:
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, "it did not happen in time"
        time.sleep(0.02)


def test_a_slow_topic_does_not_hold_up_another(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    release, stop = threading.Event(), threading.Event()

    def slow(reference: str, *, now: datetime) -> None:
        db.session.rollback()  # as an errand does while it speaks with the outside
        release.wait(20)

    monkeypatch.setitem(app.extensions, "outbox_handlers", {})
    worker.handle(app, "t.slow", slow)
    worker.handle(app, "t.quick", lambda reference, *, now: done.append(reference))
    put_in(app, "t.slow", "a", "b", "c")
    put_in(app, "t.quick", "d")

    running = threading.Thread(target=worker.run_topics, args=(app,), kwargs={"stop": stop})
    running.start()
    try:
        wait_until(lambda: done == ["d"], seconds=5)
    finally:
        release.set()
        stop.set()
        running.join(10)

    assert not running.is_alive()


@contextmanager
def away(app: Flask) -> Iterator[list[int]]:
    """Let the database refuse everything; the list grows by one with each refusal."""
    refusals: list[int] = []

    def refuse(*_: object) -> None:
        refusals.append(1)
        raise OperationalError("select", {}, Exception("away"))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield refusals
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def test_the_worker_outlives_a_database_that_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.05)
    monkeypatch.setitem(app.extensions, "outbox_handlers", {})
    monkeypatch.setitem(app.extensions, "readiness", {})
    worker.handle(app, "t.test", lambda reference, *, now: done.append(reference))
    put_in(app, "t.test", "a")
    with away(app) as refusals:
        stop = worker.start_thread(app)
        wait_until(lambda: len(refusals) >= 2)
    wait_until(lambda: done == ["a"])
    stop.set()


def test_all_topics_tell_a_database_that_is_away_once_and_look_for_it_ever_more_rarely(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.05)
    monkeypatch.setitem(app.extensions, "worker_told_at", {})
    monkeypatch.setitem(app.extensions, "each_minute", [])
    monkeypatch.setitem(app.extensions, "outbox_handlers", {f"t.{number}": print for number in range(4)})
    stop = threading.Event()
    threading.Timer(1.2, stop.set).start()
    with away(app) as refusals:
        worker.run_topics(app, stop=stop)

    assert caplog.text.count("worker_waits") == 1
    assert 4 <= len(refusals) <= 4 * 6, "steadily, it would be some 24 each"


def test_looking_for_work_in_vain_takes_no_write_lock(app: Flask) -> None:
    begun: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        begun.append(statement.partition(" FROM")[0][:15])

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        tried = worker.run_next(now=app.extensions["clock"].now())
        event.remove(db.engine, "before_cursor_execute", note)

    assert tried is False
    assert not [statement for statement in begun if "IMMEDIATE" in statement or statement.startswith("UPDATE")]


def test_the_command_works_until_it_is_told_to_stop(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MSEWA_")}
    environment = inherited | {"MSEWA_DATA": str(settings.data), "MSEWA_DATABASE_URL": settings.database_url or ""}
    put_in(app, "notifications.send", "of a message that is gone")
    command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def is_done() -> bool:
        with app.app_context():
            progress = find_progress("notifications.send", "of a message that is gone")
        return progress is not None and progress.state == "done"

    wait_until(is_done)
    os.kill(process.pid, signal.SIGTERM)

    assert process.wait(10) == 0


def test_the_command_puts_back_what_needs_attention(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["worker", "--once", "--revive"])

    assert (result.exit_code, result.output) == (0, "0 put back\n0 done\n")


def test_several_workers_share_the_work_and_each_piece_is_done_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    faults: list[str] = []
    monkeypatch.setitem(app.extensions, "outbox_handlers", {})
    monkeypatch.setattr(worker.journal, "event", lambda name, **named: faults.append(name))
    worker.handle(app, "t.test", lambda reference, *, now: done.append(reference))
    references = [f"r{number}" for number in range(60)]
    put_in(app, "t.test", *references)

    def work() -> None:
        with app.app_context():
            worker.run_due(now=app.extensions["clock"].now())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(done) == sorted(references)
    assert faults == []


def test_work_that_removes_itself_and_leaves_other_work_is_done(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when an account ends: SQLite gives the number of the row that went to the row that comes."""

    def end(reference: str, *, now: datetime) -> None:
        drop("t.end", reference)
        put("t.after", reference, now=now)

    after: list[str] = []
    monkeypatch.setitem(app.extensions, "outbox_handlers", {})
    worker.handle(app, "t.end", end)
    worker.handle(app, "t.after", lambda reference, *, now: after.append(reference))
    put_in(app, "t.end", "a")

    with app.app_context():
        worker.run_due(now=app.extensions["clock"].now())
        assert find_progress("t.end", "a") is None

    assert after == ["a"]


def test_one_act_that_fails_every_minute_ends_neither_itself_nor_the_others(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[str] = []

    def spoilt(*, now: datetime) -> None:
        tried.append("spoilt")
        if tried.count("spoilt") < 3:
            raise IsADirectoryError(21, "somebody's secret")

    monkeypatch.setattr(worker, "MINUTE_SECONDS", 0.01)
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.01)
    monkeypatch.setitem(app.extensions, "each_minute", [spoilt, lambda *, now: tried.append("other")])
    monkeypatch.setitem(app.extensions, "readiness", {})
    stop = worker.start_thread(app)
    try:
        wait_until(lambda: tried.count("spoilt") > 3)
    finally:
        stop.set()

    assert tried[:6] == ["spoilt", "other"] * 3
    assert caplog.text.count("IsADirectoryError") == 2
    assert "secret" not in caplog.text


def test_a_process_whose_work_of_every_minute_fails_for_long_is_not_ready(
    app: Flask, client: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_full = threading.Event()
    is_full.set()

    def write(*, now: datetime) -> None:
        if is_full.is_set():
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(worker, "MINUTE_SECONDS", 0.01)
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(worker, "LATE_SECONDS", 0.5)
    monkeypatch.setitem(app.extensions, "each_minute", [write])
    monkeypatch.setitem(app.extensions, "readiness", {})
    stop = worker.start_thread(app)

    def failing() -> list[str]:
        return client.get("/health/ready").get_json()

    try:
        wait_until(lambda: failing() == ["worker"])
        is_full.clear()
        wait_until(lambda: failing() == [])
    finally:
        stop.set()
