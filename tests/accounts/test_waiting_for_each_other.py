"""Somebody signs in while her account is held by whoever ends it: the one waits for the other, never each for the other."""

import threading
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from msewa.accounts.models import Account, Throttle
from msewa.accounts.operations.hashing import hash_codes
from msewa.accounts.operations.opening import add_recovery_codes
from msewa.extensions import db, writing
from tests.at_once import Press, prepared
from tests.people import Somebody, somebody
from tests.strict_client import StrictClient

PAPER = "ABCD-EFGH-JKLM-NPQR"
WRONG = "wrong wrong wrong"
pytestmark = pytest.mark.parametrize("backend", ["postgres"])


@pytest.fixture
def person(app: Flask) -> Somebody:
    made = somebody(app)
    with app.app_context(), writing():
        add_recovery_codes(made.subject(), hash_codes([PAPER], account_id=made.id))
        db.session.commit()
    return made


def by_password(client: StrictClient, person: Somebody) -> Press:
    client.submit("/sign-in", "sign-in", mobile=person.mobile, password=WRONG)
    return prepared(client, "/sign-in", "sign-in", mobile=person.mobile, password=person.password)


def by_code(client: StrictClient, person: Somebody) -> Press:
    client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)
    return prepared(client, "/sign-in/second-factor", "second-factor", code=person.code())


def by_paper_key(client: StrictClient, person: Somebody) -> Press:
    client.submit("/sign-in", "sign-in", mobile=person.mobile, password=person.password)
    return prepared(client, "/sign-in/recovery-code", "recovery-code", code=PAPER)


def wait_until_somebody_waits() -> None:
    waiting = text("select count(*) from pg_locks where not granted")
    until = time.monotonic() + 20
    while not db.session.scalar(waiting):
        assert time.monotonic() < until, "nobody came to wait for the account"
        time.sleep(0.05)


@pytest.mark.promise("P53")
@pytest.mark.parametrize("way", [by_password, by_code, by_paper_key])
def test_whoever_ends_an_account_never_waits_for_who_signs_in_to_it(app: Flask, client: StrictClient, person: Somebody, way: Any) -> None:
    press, answers = way(client, person), list[Any]()
    thread = threading.Thread(target=lambda: answers.append(press()))

    with app.app_context(), writing():
        db.session.execute(select(Account.id).where(Account.id == person.id).with_for_update()).one()
        thread.start()
        wait_until_somebody_waits()
        db.session.execute(text("set local lock_timeout = '300ms'"))
        db.session.execute(delete(Throttle))
        db.session.rollback()
    thread.join(20)

    assert [answer.status_code for answer in answers] == [303]
