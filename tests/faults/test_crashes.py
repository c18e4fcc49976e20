"""Killed in the middle: what was acknowledged is there, what is sent again happens once (F01, F03, F10)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import func, select, text

from msewa.applications.models import Application, ApplicationEvent
from msewa.delivery.models import Package
from msewa.extensions import db
from msewa.ledger.queries import list_entries
from msewa.outbox.models import OutboxItem
from tests.applications.conftest import Applicant
from tests.faults.serving import Server, served

COUNT = 4


@dataclass(frozen=True)
class Ready:
    """A filled-in confirmation, as a browser would send it."""

    base: str
    body: bytes


def make_ready(applicant: Applicant) -> list[Ready]:
    ready = []
    for _ in range(COUNT):
        base = applicant.reviewed()
        fields = applicant.page(f"{base}/review").fields("submit") | {"declare": "1"}
        ready.append(Ready(base, urlencode(fields).encode()))
    return ready


def cookie_of(applicant: Applicant) -> str:
    return "; ".join(f"{name}={applicant.client.get_cookie(name).value}" for name in ("session", "seed"))


def submit(server: Server, one: Ready, cookie: str) -> tuple[int, str] | None:
    try:
        return server.ask(f"{one.base}/submit", body=one.body, cookie=cookie)
    except OSError:
        return None


def test_what_was_acknowledged_before_the_kill_is_there_and_what_is_sent_again_happens_once(harjinder: Applicant) -> None:
    ready, cookie = make_ready(harjinder), cookie_of(harjinder)

    with served(harjinder.app) as first, ThreadPoolExecutor(4) as threads:
        sent = [threads.submit(submit, first, one, cookie) for one in ready]
        sent[0].result()
        first.kill()
        answers = [one.result() for one in sent]
    acknowledged = {one.base for one, answer in zip(ready, answers, strict=True) if answer == (303, one.base)}
    with harjinder.app.app_context():
        stored = set(db.session.scalars(select(Application.reference).where(Application.submitted_at.is_not(None))))
    with served(harjinder.app) as second:
        again = [submit(second, one, cookie) for one in ready]

    assert {base.rpartition("/")[2].replace("-", "") for base in acknowledged} <= stored
    assert again == [(303, one.base) for one in ready], "the same key gets the same answer"
    _nothing_twice(harjinder)


def _nothing_twice(harjinder: Applicant) -> None:
    with harjinder.app.app_context():
        events = select(func.count()).select_from(ApplicationEvent).where(ApplicationEvent.kind == "submitted")
        assert db.session.scalar(events) == COUNT
        assert db.session.scalar(select(func.count()).select_from(Package)) == COUNT
        assert db.session.scalar(select(func.count()).where(OutboxItem.topic == "delivery.send")) == COUNT
        acts = [entry["about"] for entry in list_entries(harjinder.person.subject(), limit=500) if entry["act"] == "application.submitted"]
        assert len(acts) == len(set(acts)) == COUNT
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("pragma integrity_check")) == "ok"
            assert db.session.execute(text("pragma cipher_integrity_check")).all() == []
            assert db.session.execute(text("pragma foreign_key_check")).all() == []


def test_a_double_click_and_two_tabs_send_one_application(harjinder: Applicant) -> None:
    base = harjinder.reviewed()
    tabs = [harjinder.page(f"{base}/review").fields("submit") | {"declare": "1"} for _ in range(2)]
    cookie = cookie_of(harjinder)
    bodies = [urlencode(tab).encode() for tab in tabs for _ in range(4)]

    with served(harjinder.app) as server, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda body: server.ask(f"{base}/submit", body=body, cookie=cookie), bodies))

    assert set(answers) == {(303, base)}
    with harjinder.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Package)) == 1
        assert db.session.scalar(select(func.count()).select_from(ApplicationEvent).where(ApplicationEvent.kind == "submitted")) == 1
