"""What could lie about after she has left: names of finished work, counted tries, papers of the office, pages in the file's log."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import Flask
from sqlalchemy import delete, func, select

from msewa.accounts import people
from msewa.accounts.models import Throttle
from msewa.accounts.operations import resting
from msewa.applications.models import Application
from msewa.closure.models import DeletionReceipt
from msewa.crypto.keyring import KeyRing, Purpose, derive
from msewa.dpo.operations import breaches
from msewa.dpo.operations.breaches import Report, Scope
from msewa.dpo.queries import list_breaches
from msewa.extensions import db, writing
from msewa.outbox.worker import run_minute_work
from msewa.sandbox.models import SandboxParcel
from msewa.web.models import UsedFormKey
from tests.closure.conftest import Leaver, run, work
from tests.closure.test_scan import every_row
from tests.conftest import ClockHandle
from tests.installation import Installation, raw_bytes
from tests.people import somebody
from tests.strict_client import StrictClient

ONE = pytest.mark.parametrize("backend", ["sqlite"])
PAGE, RESERVE, IV = 4096, 80, 16  # SQLCipher 4: each page ends with its IV and its MAC


def ids_of(leaver: Leaver) -> list[str]:
    """Return everything that names her and lies in the clear while she is here."""
    with leaver.app.app_context():
        applications = list(db.session.scalars(select(Application.id)))
    return [leaver.person.id, *applications, *leaver.references, *(one.replace("-", "") for one in leaver.references)]


def leaves_by(way: str, leaver: Leaver, clock: ClockHandle) -> None:
    if way in ("withdraw", "finish"):
        leaver.leave(open=way)
    elif way == "rested":
        leaver.client.submit("/account/deregister", "deregister")
        clock.advance(days=31)
    else:
        assert run(leaver.app, "terminate", "begin", "-", "--why", "Order 12/2026.", typed=leaver.person.mobile).exit_code == 0
        clock.advance(days=31)


@pytest.mark.promise("P53", "P58", "P60")
@pytest.mark.parametrize("way", ["withdraw", "finish", "rested", "terminated"])
def test_no_finished_work_names_her_whichever_way_she_left(leaver: Leaver, clock: ClockHandle, way: str) -> None:
    names = ids_of(leaver)
    assert all(name.encode() in every_row(leaver.app) for name in names[:2])

    leaves_by(way, leaver, clock)
    work(leaver.app)

    rows = every_row(leaver.app)
    assert [name for name in names if name.encode() in rows] == []


@ONE
@pytest.mark.promise("P53")
def test_an_account_that_was_ended_while_it_rested_leaves_no_errand(app: Flask, clock: ClockHandle) -> None:
    person = somebody(app)
    with app.app_context(), writing():
        resting.rest(person.subject(), actor=person.actor, now=clock.now())
        db.session.commit()
    run(app, "terminate", "begin", "-", "--why", "Order 12/2026.", typed=person.mobile)

    clock.advance(days=31)
    work(app)

    assert person.id.encode() not in every_row(app)


@pytest.mark.promise("P59")
def test_no_count_of_tries_is_left_under_her_number_or_mail(app: Flask, leaver: Leaver, another_client: StrictClient) -> None:
    for name in (leaver.person.mobile.removeprefix("+91"), "planted@example.org"):
        assert another_client.submit("/sign-in", "sign-in", mobile=name, password="not her password").status_code == 422
    with app.app_context():
        counted = db.session.scalar(select(func.count()).select_from(Throttle))  # one under each name, and one of the account

    leaver.leave()

    with app.app_context():
        assert (counted, db.session.scalar(select(func.count()).select_from(Throttle))) == (3, 0)


@ONE
@pytest.mark.promise("P59")
def test_no_count_is_left_under_an_address_she_gave_up_before(app: Flask, leaver: Leaver, another_client: StrictClient, post) -> None:
    another_client.submit("/sign-in", "sign-in", mobile=leaver.person.mobile.removeprefix("+91"), password="not her password")
    leaver.client.submit("/account/mobile", "mobile", mobile="7111122223")
    code = post.code_to("+917111122223")
    assert leaver.client.submit("/account/mobile/verify", "verify", code=code).status_code == 303

    leaver.leave()

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Throttle)) == 0


@ONE
@pytest.mark.promise("P53", "P59")
def test_what_was_typed_can_not_be_tried_against_the_digests_of_forms(app: Flask, leaver: Leaver) -> None:
    before = digests_of(app)
    for _ in range(2):
        leaver.client.submit("/profile/identity", "profile-identity", full_name="Planted Again")

    assert len(digests_of(app) - before) == 2, "the same words give another digest each time: what is mixed in is kept nowhere"


def digests_of(app: Flask) -> set[bytes]:
    with app.app_context():
        return set(db.session.scalars(select(UsedFormKey.body_digest)))


@ONE
def test_the_receipt_is_removed_when_its_hour_is_over(app: Flask, leaver: Leaver, clock: ClockHandle) -> None:
    leaver.leave()
    clock.advance(minutes=61)
    with app.app_context():
        run_minute_work(now=clock.now())
        assert db.session.scalar(select(func.count()).select_from(DeletionReceipt)) == 0


@pytest.mark.promise("P53", "P77")
def test_a_breach_that_concerned_her_names_her_no_more(app: Flask, leaver: Leaver, clock: ClockHandle, monkeypatch) -> None:
    monkeypatch.setattr(breaches, "BATCH", 1)
    parts = ("nature", "extent", "consequences", "mitigation", "advice")
    report = Report(told={part: dict.fromkeys(("en", "pa", "hi"), "some words") for part in parts}, causes="some words")
    officer, names = somebody(app, role="dpo"), ids_of(leaver)
    span = {"began_at": clock.now() - timedelta(hours=2), "ended_at": clock.now() + timedelta(hours=1)}
    with app.app_context(), writing():
        for scope in (Scope(references=tuple(leaver.references)), Scope(act="application.submitted")):
            breaches.register(report, scope=scope, officer=officer_of(officer), now=clock.now(), **span)
        db.session.commit()
    work(app)
    with app.app_context(), writing():
        for breach in list_breaches():
            breaches.tell_affected(breach, officer=officer_of(officer), now=clock.now())
        db.session.commit()
    work(app)

    leaver.leave()
    work(app)

    rows = every_row(app)
    assert [name for name in names if name.encode() in rows] == []
    with app.app_context():
        papers = json.dumps([breach.paper for breach in list_breaches()])
    assert [name for name in names if name in papers] == []


def officer_of(person):
    subject = person.subject()
    return type("Officer", (), {"id": subject.id, "key": subject.key, "actor": person.actor})()


@ONE
@pytest.mark.promise("P53")
def test_no_name_of_hers_lies_in_the_memory_that_greets_people(leaver: Leaver) -> None:
    leaver.client.get("/profile")
    before = people._opened_name.cache_info().currsize

    leaver.leave()

    assert (before > 0, people._opened_name.cache_info().currsize) == (True, 0)


def pages(path: Path, *, key: bytes, head: int = 0, each: int = 0) -> Iterator[bytes]:
    """Yield each page of an encrypted SQLite file, opened; of its log those behind a head, each with a head of its own."""
    content = raw_bytes(path)[head:]
    for start in range(0, len(content) - each - PAGE + 1, each + PAGE):
        page = content[start + each : start + each + PAGE]
        iv = page[PAGE - RESERVE : PAGE - RESERVE + IV]
        body = page[: PAGE - RESERVE]
        for skipped in (0, 16):  # the first page begins with the file's salt
            yield Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor().update(body[skipped:])


def on_disk(installation: Installation) -> bytes:
    key = derive(KeyRing.load(installation.folder / "keyring.json").active(Purpose.DATABASE), "sqlcipher")
    file = installation.folder / "msewa.db"
    log = file.with_name(file.name + "-wal")
    return b"".join([*pages(file, key=key), *(pages(log, key=key, head=32, each=24) if log.exists() else ())])


@ONE
@pytest.mark.promise("P53", "P54")
def test_neither_free_pages_nor_the_log_of_the_file_hold_her(leaver: Leaver, installation: Installation) -> None:
    names = ids_of(leaver)
    before = on_disk(installation)

    leaver.leave()
    work(leaver.app)
    with leaver.app.app_context(), writing():
        db.session.execute(delete(SandboxParcel))  # it stands for an office, which keeps what it got
        db.session.commit()
        run_minute_work(now=leaver.app.extensions["clock"].now())

    after = on_disk(installation)
    assert {name for name in names if name.encode() in before} >= {leaver.person.id}
    assert [name for name in names if name.encode() in after] == []
