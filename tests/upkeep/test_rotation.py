"""Keys are rotated while people use the product: nobody is refused, nothing stays behind (F14)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, LargeBinary, select, update

from msewa import create_app
from msewa.accounts import queries
from msewa.accounts.models import Account, SignInSession
from msewa.accounts.operations import codes, visits
from msewa.accounts.operations.proving import new_hash_if_outdated, settle_password, try_password
from msewa.accounts.queries import find_account_id, find_email_owner, index_of
from msewa.accounts.rules import Visit
from msewa.applications.models import Application
from msewa.crypto.keyring import Purpose, State
from msewa.dpo.models import Breach, LegalDisclosure
from msewa.extensions import Base, db, writing
from msewa.notifications.models import Message
from msewa.notifications.operations import send
from msewa.outbox import worker
from msewa.upkeep import operations
from msewa.web.keys import key_ring, key_wrapper
from tests.people import PASSWORD, PROFILE, Somebody, sign_in, somebody
from tests.strict_client import StrictClient

# To the month's public key, whose private half is not here.
SEALED_OUTSIDE = {"archive.sealed_key"}


def run(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=["keys", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


@contextmanager
def in_use(*acts: Callable[[], None]) -> Iterator[list[str]]:
    """Let each act be done over and over by somebody of its own; the list fills with what went wrong."""
    stop, faults, done = threading.Event(), [], dict.fromkeys(range(len(acts)), 0)

    def keep_on(number: int) -> None:
        while not stop.is_set() or not done[number]:
            try:
                acts[number]()
            except Exception as error:
                faults.append(f"{type(error).__name__}: {error}")
                return
            done[number] += 1

    threads = [threading.Thread(target=keep_on, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    try:
        yield faults
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def reading(app: Flask, person: Somebody) -> Callable[[], None]:
    client = StrictClient.of(app)
    sign_in(client, person)

    def read() -> None:
        answer = client.get("/account/security")
        assert answer.status_code == 200, answer.status_code
        assert person.full_name.split()[0] in answer.get_data(as_text=True)

    return read


def signing_in(app: Flask, person: Somebody) -> Callable[[], None]:
    def knock() -> None:
        with app.app_context():
            now = app.extensions["clock"].now()
            with writing():
                attempt = try_password(person.mobile, device=None, now=now)
                db.session.commit()
            assert attempt.is_right(PASSWORD)
            renewed = new_hash_if_outdated(attempt, PASSWORD)
            with writing():
                settle_password(attempt, renewed=renewed)
                db.session.commit()

    return knock


def sending(app: Flask) -> Callable[[], None]:
    def tell() -> None:
        with app.app_context():
            now = app.extensions["clock"].now()
            with writing():
                send("code_register", to="+917000000444", channel="sms", language="en", values={"code": "123456"}, now=now)
                db.session.commit()
            worker.run_due(now=now)

    return tell


@pytest.fixture
def people(app: Flask) -> list[Somebody]:
    return [somebody(app, profile=PROFILE, email=f"drill{number}@example.org") for number in range(6)]


@pytest.mark.promise("P72")
@pytest.mark.parametrize("purpose", ["wrap", "index", "pepper", "ledger", "links", "signing"])
def test_a_key_is_rotated_while_people_use_the_product_and_nobody_notices(app: Flask, people: list[Somebody], purpose: str) -> None:
    with in_use(reading(app, people[0]), signing_in(app, people[1]), sending(app)) as faults:
        for _ in range(2):
            output = run(app, "rotate", purpose)

    assert faults == []
    assert f"is the key for {purpose} now" in output
    with app.app_context():
        assert [find_account_id(mobile=person.mobile) for person in people] == [person.id for person in people]


@pytest.mark.promise("P72")
def test_a_rotation_between_key_and_look_hides_nobody(app: Flask, people: list[Somebody], monkeypatch: pytest.MonkeyPatch) -> None:
    found_under = queries.indexes_of
    stale = [[b"of the earlier key alone"]] * 2

    monkeypatch.setattr(queries, "indexes_of", lambda field, value: stale.pop() if len(stale) > 1 else found_under(field, value))

    with app.app_context():
        assert find_account_id(mobile=people[0].mobile) == people[0].id


def test_no_column_of_wrapped_keys_is_left_behind_by_a_rotation() -> None:
    """One that HOLDERS forgot would stay under the old key, and end with it."""
    kept = {f"{column.table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns if is_key(column)}

    assert kept - SEALED_OUTSIDE == {f"{holder.model.__tablename__}.{holder.column}" for holder in operations.HOLDERS}


def is_key(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary) and column.name.endswith("_key")


@pytest.mark.promise("P72")
def test_after_a_rotation_every_data_key_lies_under_the_new_key(app: Flask, people: list[Somebody]) -> None:
    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        visits.begin(Visit.ENROL, data={"full_name": "Planted"}, now=now)
        send("code_register", to="+917000000445", channel="sms", language="en", values={"code": "123456"}, now=now)
        db.session.commit()

    output = run(app, "rotate", "wrap")

    with app.app_context():
        active = bytes.fromhex(key_ring().active(Purpose.WRAP).id)
        for holder in operations.HOLDERS:
            wrapped = getattr(holder.model, holder.column)
            assert {blob[1:9] for blob in db.session.scalars(select(wrapped).where(wrapped.is_not(None)))} <= {active}, holder
        assert operations.count_outdated() == 0
    assert "Data keys wrapped anew: 8" in output


@pytest.mark.promise("P72")
@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_form_from_before_a_rotation_is_taken_by_a_process_from_after_it(app: Flask) -> None:
    browser = StrictClient.of(app)
    fields = browser.page("/sign-in").fields("sign-in")
    seed = browser.get_cookie("seed")

    run(app, "rotate", "links")
    later = create_app(app.extensions["settings"]).test_client()
    later.set_cookie("seed", seed.value if seed else "")
    answer = later.post("/sign-in", data=fields)

    assert answer.status_code == 422, "read, and asked for a number; refused as a stranger's it would be 400"


def test_a_rewrap_that_was_cut_off_goes_on_where_it_stopped(app: Flask, people: list[Somebody]) -> None:
    with app.app_context(), writing():
        key_ring().rotate(Purpose.WRAP, now=app.extensions["clock"].now())
        batches = operations.rewrap_all(batch=2)
        first = next(batches)
        db.session.commit()
        left = operations.count_outdated()
        batches.close()

    output = run(app, "rewrap")

    assert (first, left) == (2, 4)
    assert "Data keys wrapped anew: 4" in output
    assert "Data keys wrapped anew: 0" in run(app, "rewrap")


def test_a_data_key_that_was_replaced_meanwhile_is_left_alone(app: Flask, people: list[Somebody]) -> None:
    person = people[0]
    with app.app_context(), writing():
        key_ring().rotate(Purpose.WRAP, now=app.extensions["clock"].now())
        old = db.session.scalar(select(Account.data_key).where(Account.id == person.id))
        newer = key_wrapper().wrap(bytes(range(32)), subject=person.id)
        db.session.execute(update(Account).where(Account.id == person.id).values(data_key=newer))

        changed = operations._rewrap(operations.HOLDERS[0], person.id, old)

        assert changed is False
        assert db.session.scalar(select(Account.data_key).where(Account.id == person.id)) == newer
        db.session.rollback()


def test_before_the_indexes_are_computed_anew_people_are_found_under_both_keys(app: Flask, people: list[Somebody]) -> None:
    with app.app_context(), writing():
        now = app.extensions["clock"].now()
        visit, _ = visits.begin(Visit.ENROL, data={}, now=now)
        errand = codes.Errand(to="+917000000446", channel="sms", language="en", purpose="code_register")
        codes.send_code(visit, errand, now=now)
        db.session.commit()
        worker.run_due(now=now)
        key_ring().rotate(Purpose.INDEX, now=now)

        found = find_account_id(mobile=people[0].mobile), find_email_owner(people[0].email)

        assert found == (people[0].id, people[0].id)
        db.session.rollback()
    sent = app.test_client().get("/sandbox/outbox.json?to=+917000000446").get_json()
    with app.app_context(), writing():
        assert codes.accept_code(visit, sent[0]["codes"]["otp"], purpose="code_register", now=now), "a code on its way stays good"
        db.session.rollback()


def test_after_an_index_rotation_only_the_new_key_is_needed(app: Flask, people: list[Somebody]) -> None:
    run(app, "rotate", "index")

    with app.app_context():
        rows = dict(db.session.execute(select(Account.id, Account.mobile_index)).all())
        assert {person.id: index_of("mobile", person.mobile) for person in people} == rows
        emails = dict(db.session.execute(select(Account.id, Account.email_index)).all())
        assert {person.id: index_of("email", person.email) for person in people} == emails


def test_a_password_moves_to_the_new_pepper_at_the_next_sign_in(app: Flask, people: list[Somebody]) -> None:
    knock = signing_in(app, people[0])
    run(app, "rotate", "pepper")

    knock()

    with app.app_context():
        active = bytes.fromhex(key_ring().active(Purpose.PEPPER).id)
        peppers = dict(db.session.execute(select(Account.id, Account.password)).all())
        assert peppers[people[0].id][1:9] == active
        assert peppers[people[1].id][1:9] != active


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_list_shows_every_key_and_no_secret(app: Flask) -> None:
    output = run(app, "list")

    with app.app_context():
        entries = key_ring().entries
        assert output.count("\n") == len(entries)
        for entry in entries:
            assert entry.key.id in output
            assert entry.key.secret.hex() not in output
        assert {State.ACTIVE, State.DECRYPT_ONLY} >= {entry.state for entry in entries}


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("arguments", [["rotate", "database"], ["rotate", "sandbox"], ["rotate", "everything"], ["create"], ["rotate"]])
def test_what_cannot_be_done_is_refused_in_one_line(app: Flask, arguments: list[str]) -> None:
    before = app.extensions["key_ring"].entries

    result = app.test_cli_runner().invoke(args=["keys", *arguments])

    assert result.exit_code != 0
    assert "Error: " in result.output
    assert app.extensions["key_ring"].entries == before


def test_every_table_that_holds_wrapped_keys_is_known_to_the_rotation() -> None:
    holding = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in ("data_key", "wrapped_key", "bundle_key")
    }

    assert {(holder.model.__tablename__, holder.column) for holder in operations.HOLDERS} == holding
    assert {Account, SignInSession, Application, Message, LegalDisclosure, Breach} <= {holder.model for holder in operations.HOLDERS}
